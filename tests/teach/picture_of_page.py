"""Take the documentation's picture of the page: `PYTHONPATH=tests python -m teach.picture_of_page` (needs the browser tests' tools)."""

import tempfile
from pathlib import Path

from allstatus.classify import load_rules
from allstatus.teach.page import make_page
from teach.tools import browse

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "trainer.png"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "trainer.html"
        page.write_text(make_page(load_rules(engine="builtin")), "utf-8")
        print(browse("picture", page, start="exactly at the limit", to=str(PICTURE)))
