"""Inputs nobody would write, made cheaply: pieces of a small corpus changed by a seeded generator.

`FUZZ` says how many of each kind (a few in the suite, many by `make fuzz`), `FUZZ_SEED` which ones;
to the file `FUZZ_LOG` goes a line of JSON for each target: how many, how long, and what failed.
"""

import inspect
import json
import os
import re
import resource
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

MANY = int(os.environ.get("FUZZ", "40"))
SEED = os.environ.get("FUZZ_SEED", "1")
LOG = os.environ.get("FUZZ_LOG")
TOLD_EVERY = 10_000  # inputs; of the lines with one target and seed the last holds
LONGEST = 1.0  # second of the processor for one input, held where there is a log
CORPUS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text())

Draw = Callable[[Random], Any]
Test = Callable[..., None]
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.+-]+|\s+|.', re.DOTALL)
ODD = [
    *("", '"', "'", "null", "true", "NaN", "{}", "[]", "[", "{", "}", "]", ":", ",", "|", "^", "&"),
    *(
        "\\",
        "\n",
        "\r",
        "\t",
        "\x0b",
        "\x85",
        "\u2028",
        "\x1b[2K",
        "\0",
        "\ud800",
        '"\\ud83d"',
        "é",
    ),
    *("0", "-1", "1e9", "9" * 30, "9" * 5000, "1e400", "-1E+99999999999999999999", "1e-99999999"),
    *('"9999-12-31"', '"0001-01-01"', "9999-12-31", "0001-01-01T00:00:00+14:00", "2025-02-29"),
    *(
        "[" * 3000,
        "*a",
        "&a ",
        "!!int ",
        "<<: ",
        "- ",
        "%",
        "<",
        ">=",
        "≤",
        "5-10",
        "10/200",
        "=1+1",
        "²",
        "٣",
    ),
]


def letters(alphabet: str, most: int) -> Draw:
    """Text of these signs."""
    return lambda rng: "".join(rng.choices(alphabet, k=rng.randrange(most + 1)))


SIGNS = [*map(chr, range(160)), *(chr(sign) for sign in range(160, 0x110000, 997))]
SIGNS += [odd for odd in ODD if len(odd) < 9] * 5


def any_text(rng: Random) -> str:
    """Text of any signs, the odd ones more often."""
    return "".join(rng.choices(SIGNS, k=rng.randrange(9)))


def changed(*corpus: str) -> Draw:
    """One of these texts with tokens exchanged, or a piece cut out, doubled or exchanged."""
    split = [TOKEN.findall(text) for text in corpus]

    def draw(rng: Random) -> str:
        at = rng.randrange(len(corpus))
        tokens, text = split[at], corpus[at]
        if rng.random() < 0.6 and tokens:
            tokens = [*tokens]
            for _ in range(rng.choice((1, 1, 2, 4))):
                tokens[rng.randrange(len(tokens))] = rng.choice(
                    (rng.choice(ODD), rng.choice(tokens))
                )
            return "".join(tokens)
        for _ in range(rng.choice((1, 1, 2, 4))):
            begin, end = (rng.randrange(len(text) + 1) for _ in range(2))
            new = rng.choice((rng.choice(ODD), any_text(rng), text[begin : begin + end % 40]))
            text = text[:begin] + new + text[begin + rng.choice((0, 1, 2, 9, end)) :]
        return text

    return draw


def any_value(rng: Random, deep: int = 3) -> Any:
    """A value as JSON or Python may hand it over."""
    kind = rng.randrange(14 if deep else 10)
    if kind < 4:
        return rng.choice((None, True, False, "unknown", "normal", "abnormal", "none", "present"))
    if kind < 7:
        return rng.choice(
            (0, -1, 5, 2, 43, 10**20, 10**4000, 4.9, -0.0, float("nan"), float("inf"), 1e300)
        )
    if kind < 10:
        return rng.choice((any_text(rng), rng.choice(ODD), "<5", "M1", "2025-01-05", "C91.00"))
    if kind < 12:
        return [any_value(rng, deep - 1) for _ in range(rng.randrange(4))]
    return any_mapping("value", "unit", "low", "site", "wbc", "cd19")(rng, deep - 1)


def any_mapping(*names: str) -> Callable[..., dict[str, Any]]:
    """Such values by these names, sometimes by others."""

    def draw(rng: Random, deep: int = 3) -> dict[str, Any]:
        return {
            rng.choice(names) if rng.random() < 0.95 else any_text(rng): any_value(rng, deep)
            for _ in range(rng.randrange(7))
        }

    return draw


def fuzzed(draw: Draw, *corpus: Any) -> Callable[[Test], Test]:
    """Runs a test on each of a corpus, then on drawn inputs, given as its last parameter.

    What fails is collected, one input for each place that failed, and raised together.
    """

    def over(test: Test) -> Test:
        *fixtures, given = inspect.signature(test).parameters.values()

        def run(**shared: Any) -> None:
            trial = Trial(lambda value: test(**shared, **{given.name: value}))
            for value in corpus:
                trial.run(value)
            trial.warm = True
            signal.signal(signal.SIGPROF, trial.tick)
            signal.setitimer(signal.ITIMER_PROF, LONGEST if LOG else 0, LONGEST)
            rng = Random(f"{test.__name__} {SEED}")
            for number in range(MANY):
                trial.run(draw(rng))
                if LOG and number % TOLD_EVERY == 0:
                    trial.tell(test.__name__)
            trial.end(test.__name__)

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        run.__signature__ = inspect.Signature(fixtures)  # type: ignore[attr-defined]
        return run

    return over


class Trial:
    """Inputs tried on one test, the longest of them, and the first at each place that failed."""

    def __init__(self, test: Callable[[Any], None]) -> None:
        self.test, self.warm = test, False
        self.tried, self.longest, self.began = 0, 0.0, time.process_time()
        self.at_tick = -1
        self.failed: dict[str, Exception] = {}

    def run(self, value: Any) -> None:
        before = time.process_time()
        try:
            self.test(value)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            error.add_note(f"on {value!r}"[:2000])
            self.failed.setdefault(f"{type(error).__name__} {last.name}:{last.lineno}", error)
        self.tried += 1
        if self.warm:
            self.longest = max(self.longest, time.process_time() - before)

    def tick(self, *_: object) -> None:
        """A second of the processor is over; it must have seen an input's end."""
        if self.tried == self.at_tick:
            raise TimeoutError("longer than a second of the processor")
        self.at_tick = self.tried

    def tell(self, name: str) -> None:
        said = {
            "target": name.removeprefix("test_"),
            "seed": SEED,
            "inputs": self.tried,
            "seconds": round(time.process_time() - self.began, 1),
            "longest_ms": round(1000 * self.longest, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "failed": {place: error.__notes__ for place, error in self.failed.items()},
        }
        with Path(LOG or os.devnull).open("a") as file:
            file.write(json.dumps(said) + "\n")

    def end(self, name: str) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.tell(name)
        if self.failed:
            raise ExceptionGroup(name, [*self.failed.values()])
