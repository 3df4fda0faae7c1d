"""A benchmark on this checkout and on another commit, in turn, in one run, and how they compare:
`python benchmarks/against.py COMMIT [BENCHMARK]` (classify, charts, columns ...).

Both print their own tables first; numbers that stand in the same place of the same line are then
compared. The other commit lies in a temporary work tree and runs with this Python's libraries.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.])")
GOAL = re.compile(r"[<>]=? *[\d,.]+")  # a goal beside what was measured is no figure
Figures = dict[str, list[float]]


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A work tree of a commit, gone afterwards; raises CalledProcessError if there is none."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def measure(tree: Path, benchmark: str) -> str:
    """What a tree's own benchmark prints; raises CalledProcessError if it fails."""
    script = tree / "benchmarks" / f"{benchmark}.py"
    environment = os.environ | {"PYTHONPATH": str(tree / "src")}
    command = [sys.executable, str(script)]
    done = subprocess.run(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def figures(printed: str) -> Figures:
    """The numbers of each line, by the words before its first number."""
    found: Figures = {}
    for line in printed.splitlines():
        first = re.search(r"\s{2,}|\|", line.strip(" |"))
        if first is None:
            continue
        title, rest = line.strip(" |")[: first.start()], line.strip(" |")[first.start() :]
        if numbers := [
            float(number.replace(",", "")) for number in NUMBER.findall(GOAL.sub("", rest))
        ]:
            found.setdefault(title.strip(), numbers)
    return found


def ratios(here: list[Figures], there: list[Figures]) -> Iterator[tuple[str, float, float]]:
    """Of each line that both print: its title, and the medians of its first number."""
    for title in here[0]:
        if all(title in run for run in (*here, *there)):
            yield (
                title,
                median(run[title][0] for run in here),
                median(run[title][0] for run in there),
            )


def main() -> None:
    """Run both in turn and print the ratios."""
    parser = argparse.ArgumentParser(description="A benchmark beside another commit, in one run.")
    parser.add_argument("commit")
    parser.add_argument("benchmark", nargs="?", default="classify")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run, in turn")
    asked = parser.parse_args()
    runs: Mapping[str, list[Figures]] = {"here": [], "there": []}
    with checkout(asked.commit) as other:
        for number in range(asked.rounds):
            for name, tree in (("here", ROOT), ("there", other)):
                printed = measure(tree, asked.benchmark)
                runs[name].append(figures(printed))
                if number == 0:
                    print(f"== {name}\n{printed}")
    print(
        f"{'median of ' + str(asked.rounds):60} {'here':>12} {asked.commit[:12]:>12} {'ratio':>7}"
    )
    for title, new, old in ratios(runs["here"], runs["there"]):
        print(f"{title[:60]:60} {new:12,.2f} {old:12,.2f} {new / old if old else 0:7.2f}")


if __name__ == "__main__":
    main()
