"""A first mapping for a file, from its header and the values seen: every line a guess, and says so.

Only what is written again and again is shown, never a column of ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyarrow as pa
import yaml

from allstatus.bulk.column_mapping import NUMBERS as WIDE_NUMBERS
from allstatus.bulk.column_mapping import PARTS, PERCENT, YES_NO
from allstatus.bulk.column_source import ColumnSource, as_number
from allstatus.bulk.columns import texts_of
from allstatus.bulk.mapping_file import LONG_NEEDED, LONG_NUMBERS
from allstatus.bulk.remark_columns import name_holds, words_of_name
from allstatus.bulk.sources import SlabSource
from allstatus.ehr.lab_table import COLUMNS
from allstatus.record.code_files import read_yaml
from allstatus.record.model import Record
from allstatus.record.row_bounds import MOST_COLUMNS, too_many_columns
from allstatus.render.printable import wrapped
from allstatus.render.text import WIDTH
from allstatus.rules.ruleset import HIGHEST, Fact, RuleSet

SLABS, FEW = 4, 12  # slabs looked at; distinct values that are shown
TEXTS = 1 << 18  # distinct values that are kept of all columns together
NUMBERS = (*LONG_NUMBERS, *WIDE_NUMBERS)
NOT_SHOWN = ("id", "patient", "born", "date", "issued", "as_of", "comment")
NAMES = read_yaml("column-names")
NOTHING = frozenset(NAMES["nothing"])


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column and how often each of its texts was seen; `more` than these were not looked at."""

    name: str
    texts: Counter[str]
    more: bool = False

    @property
    def words(self) -> list[str]:
        """Its texts but those that say nothing, the most frequent first."""
        said = (text for text, _ in self.texts.most_common())
        return [text for text in said if text.strip() and text.strip().lower() not in NOTHING]


def suggest(path: Path, encoding: str = "", rules: RuleSet | None = None) -> str:
    """A mapping file for a CSV, Parquet, Arrow or NDJSON file, with the facts of the rules' own;
    raises InvalidRecord where that cannot be read.
    """
    own = {fact.name: fact for fact in rules.facts.values() if fact.own} if rules else {}
    names = {**{name: fact.words for name, fact in own.items()}, **NAMES["patients"]}
    source = SlabSource(path, frozenset(), encoding)
    seen = _look(source)
    long, wide = (_assigned(seen, words) for words in (NAMES["results"], names))
    is_long = {*LONG_NEEDED, "value"} <= set(long) and len(
        wide.keys() - {"id", "sex", "age_years"}
    ) < 2
    chosen = long if is_long else _without_doubles(wide)
    what = "results, one a row" if is_long else "patients, one a row"
    lines = [
        f"# A first mapping of {path.name}: {what}.",
        "# Each line is a guess by names and values: check it, then delete its comment.",
        *_general(seen),
        *(_line(key, column, own.get(key)) for key, column in chosen.items()),
    ]
    if not is_long:
        lines += _units(chosen)
    left = [column.name for column in seen if column not in chosen.values()]
    doubled = [name for name in dict.fromkeys(source.names) if name not in _alone(source)]
    lines += [f"# not used: {_plain(', '.join(left))}"] if left else []
    lines += [f"# of two columns: {_plain(', '.join(doubled))}"] if doubled else []
    known = COLUMNS if is_long else (*Record.model_fields, *own, *PARTS)
    missing = [key for key in known if key not in chosen and not key.startswith("cbc.")]
    lines.append(f"# no column for: {', '.join(missing)}")
    return "\n".join(map(_folded, lines)) + "\n"


def _folded(line: str) -> str:
    """A line whose comment goes on in further ones where it is long."""
    if line.startswith("# "):
        return "\n".join(wrapped(line, WIDTH, rest="#   ", breaks=False))
    entry, mark, said = line.rpartition("  # ")  # of which no comment holds both blanks
    return "\n".join(wrapped(said, WIDTH, f"{entry}{mark}", "    # ", breaks=False))


def _look(source: SlabSource) -> list[_Seen]:
    """The texts of each column in the first slabs, the first ones where there are very many."""
    if len(source.names) > MOST_COLUMNS:
        raise too_many_columns(str(source.path))
    most = TEXTS // max(len(source.names), 1)
    counts: dict[str, Counter[str]] = {name: Counter() for name in _alone(source)}
    for slab in islice(source.slabs(list(counts), set()), SLABS):
        for name, column in zip(slab.batch.schema.names, slab.batch.columns, strict=True):
            if not (pa.types.is_nested(column.type) or len(counts[name]) > most):
                texts = texts_of(column, ColumnSource(name)).dictionary_decode()
                for found in texts.value_counts()[: most + 1].to_pylist():
                    counts[name][found["values"] or ""] += found["counts"]
    return [_Seen(name, texts, len(texts) > most) for name, texts in counts.items()]


def _alone(source: SlabSource) -> list[str]:
    """The names that one column has; two of one name are not read."""
    return [name for name, times in Counter(source.names).items() if times == 1]


def _assigned(seen: Sequence[_Seen], words: Mapping[str, Sequence[str]]) -> dict[str, _Seen]:
    """The column of each key: the first whose name holds the most telling word, each column
    once.
    """
    left, found = [(words_of_name(column.name), column) for column in seen], {}
    for key, hints in words.items():
        for hint in (key, *hints):
            named = next((one for one in left if name_holds(one[0], hint)), None)
            if named is not None:
                found[key] = named[1]
                left.remove(named)
                break
    return found


def _without_doubles(chosen: dict[str, _Seen]) -> dict[str, _Seen]:
    """A blood count as one word, or in components; not both."""
    parts = any(key.startswith("cbc.") for key in chosen)
    return {key: column for key, column in chosen.items() if not (parts and key == "cbc")}


def _general(seen: Sequence[_Seen]) -> Iterator[str]:
    """What is said of all columns: words that say nothing, and blanks."""
    few = [column for column in seen if len(column.texts) <= FEW or _numbers(column)]
    nothing = {text.strip() for column in few for text in column.texts}
    words = sorted(text for text in nothing if text.lower() in NOTHING)
    if words:
        yield f"null: {_flow(words)}  # seen; do all say nothing?"
    if any(text != text.strip() and text.strip() for column in seen for text in column.texts):
        yield "trim: true  # blanks around values"


def _line(key: str, column: _Seen, own: Fact | None) -> str:
    """One key with its column, what its values may mean, and why that is thought."""
    entry: dict[str, object] = {"column": column.name}
    shown = f"; seen: {_seen(column)}" if key not in NOT_SHOWN else ""
    if known := _known(key, own):
        entry["values"] = dict(_meanings(known, column.words))
    if (key in NUMBERS or (own and own.kind in HIGHEST)) and any(
        "," in text for text in column.words
    ):
        entry["decimal"] = ","
    if (key == PERCENT or (own and own.kind == "percent")) and _is_fraction(column):
        entry["unit"] = "fraction"
    entry = {name: value for name, value in entry.items() if value}
    written = _flow(column.name if entry.keys() == {"column"} else entry)
    return f"{key}: {written}  # by its name{shown}"


def _known(key: str, own: Fact | None) -> dict[str, str]:
    """What words may mean under a key; nothing where it takes none."""
    words = NAMES["words"]
    yes_no = key in YES_NO or (own is not None and own.kind == "yes_no")
    pair = ("true", "false") if yes_no else NAMES["yes_and_no"].get(key)
    meant = words.get(key, {})
    if pair:
        meant = {**dict.fromkeys(words["yes"], pair[0]), **dict.fromkeys(words["no"], pair[1])}
    return {**words["any"], **meant} if meant else {}


def _meanings(known: Mapping[str, str], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What each word may mean; what is not known is left out, and refused row by row."""
    for word in words[:FEW]:
        meant = known.get(word.strip().lower(), word)
        if meant != word:
            yield word.strip(), meant


def _seen(column: _Seen) -> str:
    """The values seen, where they are few; else how many there are."""
    if len(column.texts) > FEW:
        return f"{'at least ' * column.more}{len(column.texts)} different values"
    shown = (f"{_plain(text) or '(empty)'} ({count})" for text, count in column.texts.most_common())
    return ", ".join(shown)


def _units(chosen: Mapping[str, _Seen]) -> Iterator[str]:
    """A blood count's units are in no column: each is asked for."""
    for key in chosen:
        if key.startswith("cbc.") and key.endswith(".value"):
            unit = key.replace(".value", ".unit")
            yield f"# {unit}: {{constant: UNIT}}  # which? as in 10*9/L, g/dL, %"


def _numbers(column: _Seen) -> list[Decimal]:
    words = (text.strip().replace(",", ".") for text in column.texts)
    return [Decimal(text) for text in words if as_number(text) is not None]


def _is_fraction(column: _Seen) -> bool:
    numbers = _numbers(column)
    return bool(numbers) and max(numbers) <= 1 and any(0 < number < 1 for number in numbers)


def _flow(value: object) -> str:
    """YAML in one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _plain(text: str) -> str:
    """A text for a comment: one short line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"
