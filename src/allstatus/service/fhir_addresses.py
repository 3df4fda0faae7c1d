"""Addresses below a FHIR base: what a server names as its next page is asked only if it lies there
by its path's segments.
"""

from __future__ import annotations

from unicodedata import normalize
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
DECODINGS = 3  # %252e is two deep; deeper ones are refused below


def below(base: str, address: str) -> str | None:
    """An address, taken relative to a base, when it lies under it; None when it does not, or holds
    a dot segment, plain or encoded, or anything else two programs could read in two ways.
    """
    if not address.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in address):
        return None
    try:
        whole = urljoin(f"{base}/", address)
        home, there, given = urlsplit(base), urlsplit(whole), urlsplit(address)
        same = _origin(home) == _origin(there)
    except ValueError:
        return None
    known = _segments(home.path.rstrip("/"))
    segments, asked = _segments(there.path), _segments(given.path)
    if not (given.path or given.netloc):  # of the base, or of the page that names it?
        return None
    if not given.netloc and (given.scheme or address.startswith("//")):  # a server without name
        return None
    if not same or known is None or segments is None or asked is None or there.fragment:
        return None
    return whole if segments[: len(known)] == known else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    if "@" in parts.netloc:
        raise ValueError("holds a user")
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def _segments(path: str) -> list[str] | None:
    """The segments of a path; None where one is, or hides, a step up or another separator."""
    found = path.split("/")
    return None if any(_is_ambiguous(segment) for segment in found) else found


def _is_ambiguous(segment: str) -> bool:
    """Whether a segment is, or hides, a step up, a separator or what is no text: blanks, signs of
    other widths and parameters are dropped by some programs.
    """
    try:
        for _ in range(DECODINGS):
            segment = unquote(segment, errors="strict")
    except UnicodeDecodeError:  # also the long forms in which UTF-8 may not write a dot
        return True
    plain = normalize("NFKC", segment)
    steps = {name.strip() for name in plain.split(";")} & {".", ".."}
    return bool(steps or set(plain) & set("/\\%") or any(sign < " " for sign in plain))
