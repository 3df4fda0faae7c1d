"""Which kind of answer and which language a caller accepts, by RFC 9110, section 12.5."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from fastapi import Depends, Request
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute

from allstatus.service.problem_details import ProblemDetails


def answer_kind(request: Request, offered: Sequence[str] = ()) -> str:
    """The kind of answer preferred of those offered, which are what the route documents unless
    given; raises Problem (406) where none is accepted.
    """
    offered = tuple(offered) or _documented(request.scope["route"])
    kind = _preferred(",".join(request.headers.getlist("accept")) or "*/*", offered)
    if kind is None:
        detail = f"The answer would be {' or '.join(offered)}."
        raise ProblemDetails(406, "not-acceptable", detail)
    return kind


def acceptable(request: Request) -> None:
    """Refuse who does not accept what the route documents, as a dependency of it."""
    answer_kind(request)


ACCEPTED = [Depends(acceptable)]


def _documented(route: APIRoute) -> tuple[str, ...]:
    content = route.responses.get(200, {}).get("content")
    if content:
        return tuple(content)
    kind = route.response_class
    kind = kind.value if isinstance(kind, DefaultPlaceholder) else kind
    return (str(kind.media_type),)


@lru_cache(maxsize=256)
def _preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The first of those with the highest quality above 0."""
    ranges = dict(_ranges(accept.lower()))
    best = max(offered, key=lambda kind: _quality(ranges, kind))
    return best if _quality(ranges, best) > 0 else None


@lru_cache(maxsize=256)
def preferred_language(accept: str, offered: tuple[str, ...]) -> str:
    """The language of those offered that an `Accept-Language` prefers (RFC 9110, section 12.5.4):
    `es-MX` is served by `es`; the first offered where it accepts none, so that there always is an
    answer.
    """
    qualities: dict[str, float] = {}
    for name, quality in _ranges(accept.lower()):
        language = name.partition("-")[0]
        qualities[language] = max(quality, qualities.get(language, 0.0))
    rest = qualities.get("*", 0.0)
    return max(offered, key=lambda language: qualities.get(language, rest))


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = [each[2:] for each in parameters if each.startswith("q=")]
        try:
            quality = float(given[0]) if given else 1.0
        except ValueError:
            quality = 0.0
        found.append((name, quality))
    return found


def _quality(ranges: dict[str, float], kind: str) -> float:
    """The quality of the most specific range that a kind is in."""
    names = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in names if name in ranges), 0.0)
