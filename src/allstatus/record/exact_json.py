"""JSON read exactly: decimals as they are written, no key twice, no NaN and no infinity."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from decimal import Decimal
from typing import Any, NoReturn

from allstatus.errors import InvalidRecord


def parse_json(text: str | bytes) -> Any:
    """JSON with exact decimals; refuses NaN, infinities and duplicate keys with InvalidRecord."""
    try:
        return _DECODER.decode(
            text if isinstance(text, str) else text.removeprefix(BOM_UTF8).decode()
        )
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
    except ValueError:  # an integer of more digits than Python reads
        raise InvalidRecord(
            "input", "holds a number of too many digits", "write at most 1000 digits"
        ) from None


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


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
)
