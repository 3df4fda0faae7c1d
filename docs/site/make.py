"""Build the documentation site: `python docs/site/make.py [FOLDER]`, or `make site`. Offline; every
warning is an error.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT = HERE.parents[1] / "build" / "site"


def main(folder: Path = DEFAULT) -> int:
    """Assemble the pages in FOLDER/source and build them into FOLDER/html; the generator's exit
    status.
    """
    if missing := [name for name in ("sphinx", "myst_parser", "furo") if find_spec(name) is None]:
        print(
            f"error: {', '.join(missing)} not installed; run: pip install 'allstatus[docs]'",
            file=sys.stderr,
        )
        return 2
    from assemble import assemble
    from sphinx.cmd.build import build_main

    from allstatus.decision.classifier import load_rules
    from allstatus.teach.teaching_page import make_page

    source, html = folder / "source", folder / "html"
    assemble(source)
    html.mkdir(parents=True, exist_ok=True)
    (html / "trainer.html").write_text(make_page(load_rules(engine="builtin")), "utf-8")
    strictly = ["-q", "-W", "--keep-going", "-E"]
    return build_main(
        [
            *strictly,
            "-b",
            "html",
            "-c",
            str(HERE),
            "-d",
            str(folder / "state"),
            str(source),
            str(html),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:2])))
