"""JSON read exactly: decimals as they are written, no key twice, no NaN and no infinity, and
nothing that could not be written again.

Long texts are read by jiter where it is installed (extra `fast`): it says the same of whatever it
takes. What it refuses is read once more with care, which says where and why.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NoReturn

from allstatus.errors import InvalidRecord

MAX_DIGITS = 1000
MAX_BITS = (10**MAX_DIGITS).bit_length()
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPED_BYTES = re.compile(ESCAPED_SURROGATE.pattern.encode())
LONG = 300  # characters; what is shorter is not worth the start of another parser
TOO_LARGE: int = 1 << MAX_BITS  # what stands for a number that cannot be held
PLAIN = frozenset({bool, type(None), float})
Path = tuple[str | int, ...]


def parse_json(text: str | bytes) -> Any:
    """JSON with exact decimals; raises InvalidRecord for NaN, infinities, duplicate keys, numbers
    of more digits or of a larger exponent than can be held, and characters that are halves
    (surrogates).
    """
    if len(text) >= LONG and (value := _by_jiter(text)) is not None:
        return value
    try:
        text = text if isinstance(text, str) else text.removeprefix(BOM_UTF8).decode()
        return _decode(text)
    except InvalidRecord:
        raise
    except json.JSONDecodeError as error:
        if not text.strip():
            raise InvalidRecord("input", "is empty", "give one JSON object for a patient") from None
        raise InvalidRecord(
            "input",
            f"is not valid JSON at line {error.lineno} column {error.colno}",
            "check the quotes, commas and brackets there",
        ) from None
    except UnicodeDecodeError:
        raise InvalidRecord("input", "is not UTF-8 text", "save it as UTF-8") from None
    except RecursionError:
        raise InvalidRecord(
            "input", "is nested too deeply", "give a record as in `allstatus schema record`"
        ) from None


@cache
def _jiter() -> Any:
    """The module, or None."""
    try:
        import jiter
    except ImportError:
        return None
    return jiter


def _by_jiter(text: str | bytes) -> Any:
    """The same value; None where there is no jiter, or something to be looked at with care."""
    if (jiter := _jiter()) is None:
        return None
    try:
        data = text.encode() if isinstance(text, str) else text
        if b"\\" in data and _ESCAPED_BYTES.search(data):
            return None
        how: dict[str, Any] = {"cache_mode": "all", "float_mode": "decimal"}
        return jiter.from_json(data, allow_inf_nan=False, catch_duplicate_keys=True, **how)
    except ValueError:
        return None


def unstatable(value: Any) -> tuple[Path, str, str] | None:
    """Where a value holds what no output could repeat, the problem and the remedy; None if nowhere.

    That is a number of too many digits or a NaN that no comparison takes, and text with half a
    character (a lone surrogate).
    """
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            if not (value.isascii() or _is_whole(value)):
                return path, "holds half a character (a lone surrogate)", "write it in UTF-8"
        elif isinstance(value, dict):
            waiting += [((*path, str(k)), item) for k, item in value.items() if not is_plain(item)]
            waiting += [(path, key) for key in value if not is_plain(key)]
        elif isinstance(value, list | tuple):
            waiting += [((*path, n), item) for n, item in enumerate(value) if not is_plain(item)]
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            problem = "holds a number of too many digits or too large an exponent"
            return path, problem, f"write at most {MAX_DIGITS} digits"
        elif isinstance(value, Decimal) and value.is_snan():
            return path, "holds NaN", 'use a number, "unknown" or null'
    return None


def is_plain(value: Any) -> bool:
    """Whether a value is one of those that nearly all are, and can be repeated."""
    kind = type(value)
    return (
        kind in PLAIN
        or (kind is str and value.isascii())
        or (kind is int and value.bit_length() <= MAX_BITS)
        or (kind is Decimal and value.is_finite())
    )


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode(text: str) -> Any:
    try:
        value = _DECODER.decode(text)
        if not ESCAPED_SURROGATE.search(text) and (text.isascii() or _is_whole(text)):
            return value
    except (json.JSONDecodeError, InvalidRecord):
        raise
    except (ValueError, InvalidOperation):  # a number that Python does not read
        value = _LENIENT.decode(text)
    if (found := unstatable(value)) is not None:
        path, problem, remedy = found
        raise InvalidRecord(_field(path), problem, remedy)
    return value


def _field(path: Path) -> str:
    """The key of a record at which a path begins; another is not repeated: it may name somebody."""
    from allstatus.record.model import Record  # which reads JSON by this module

    return str(path[0]) if path and path[0] in Record.model_fields else "input"


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise InvalidRecord("record", "has the same key twice", "keep one of the two")
    return keys


def _no_constant(_: str) -> NoReturn:
    raise InvalidRecord(
        "input",
        "holds NaN or Infinity, which JSON does not know",
        'use a number, "unknown" or null',
    )


def _number(text: str) -> Decimal | int:
    try:
        return Decimal(text)
    except InvalidOperation:
        return TOO_LARGE


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
)
_LENIENT = json.JSONDecoder(
    parse_float=_number,
    parse_int=lambda text: int(text) if len(text) <= MAX_DIGITS else TOO_LARGE,
    parse_constant=_no_constant,
    object_pairs_hook=_no_duplicates,
)
