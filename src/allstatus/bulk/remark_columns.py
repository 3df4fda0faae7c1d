"""Columns of remarks, and of the status of a row's results, that no key is read from: heard only
for whether they take back what their row states.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from allstatus.bulk.column_source import ColumnSource
from allstatus.ehr.coding.comments import taken_back
from allstatus.ehr.coding.result_statuses import result_status
from allstatus.ehr.fhir.fhir_standing import RESULT, STANDS
from allstatus.errors import InvalidRecord
from allstatus.record.code_files import read_yaml

COMMENT, STATUS = "comment", "status"
REMEDY = "correct the row"
Hear = Callable[[str], str]  # why a row cannot be relied on, by what stands there; or empty


def not_final(text: str) -> str:
    """Why results of this status cannot be relied on; empty where it is final, or says nothing
    that is known.
    """
    standing = RESULT.get(result_status(text, answered=True), STANDS)
    return standing.void or standing.doubt or taken_back(text)


HEARD: dict[str, Hear] = {COMMENT: taken_back, STATUS: not_final}


def remark_columns(
    names: Iterable[str], assigned: Mapping[str, ColumnSource], used: Iterable[str]
) -> dict[str, Hear]:
    """How the columns of remarks are heard: those that are mapped as `comment`, else those whose
    names say it and that nothing else is read from.
    """
    if COMMENT in assigned:
        return dict.fromkeys(assigned[COMMENT].columns, taken_back)
    heard = heard_columns(names, used)
    return {name: HEARD[kind] for kind, named in heard.items() for name in named}


def refuse_remarks(assigned: Mapping[str, ColumnSource]) -> None:
    """Raise InvalidRecord for a mapping of remarks where no words can be heard."""
    if COMMENT in assigned and assigned[COMMENT].columns:
        raise InvalidRecord(COMMENT, "cannot be heard", "leave it out")


def heard_columns(
    names: Iterable[str], used: Iterable[str], *, of_results: bool = False
) -> dict[str, list[str]]:
    """The columns that nothing is read from and whose names say that they are of remarks, or of a
    result's status; `of_results`: of a table of results, one a row.
    """
    table, left = read_yaml("column-names"), {n: words_of_name(n) for n in names if n not in used}
    more = table["heard_of_results"] if of_results else {}
    hints = {kind: [*table["heard"][kind], *more.get(kind, ())] for kind in HEARD}
    return {
        kind: [n for n, words in left.items() if any(name_holds(words, h) for h in hints[kind])]
        for kind in HEARD
    }


def words_of_name(name: str) -> str:
    """The words of a column's name, each between two underscores."""
    return f"_{re.sub('[^a-z0-9äöü]+', '_', name.lower()).strip('_')}_"


def name_holds(words: str, hint: str) -> bool:
    """Whether a name of these words holds those of a hint: whole where they are short, else their
    beginnings; or is the hint, however that is put together.
    """
    return _pattern(hint).search(words) is not None


@cache
def _pattern(hint: str) -> re.Pattern[str]:
    words = [re.escape(word) + "[^_]*" * (len(word) > 3) for word in hint.split("_")]
    letters = map(re.escape, hint.replace("_", ""))
    return re.compile(f"_{'_'.join(words)}_|^_{'_?'.join(letters)}_$")
