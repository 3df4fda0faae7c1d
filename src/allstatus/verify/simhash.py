"""How alike two sentences are, from sketches that do not hold the sentences.

A sketch is a SimHash (Charikar 2002): 128 bits, each the majority vote of the hashes of the
sentence's three-letter pieces. Sentences that share most pieces share most bits.
"""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b

from allstatus.rules.fingerprint import normalise

BITS = 128
_LANE = 4  # hex digits of a vote counter


def sketch(text: str) -> str:
    """The sketch of a sentence, as 32 hex digits."""
    padded = f"  {normalise(text)}  "
    pieces = [padded[start : start + 3] for start in range(len(padded) - 2)]
    votes = format(sum(map(_ballot, pieces)), f"0{BITS * _LANE}x")
    bits = [
        "1" if 2 * int(votes[lane : lane + _LANE], 16) > len(pieces) else "0"
        for lane in range(0, len(votes), _LANE)
    ]
    return format(int("".join(bits), 2), f"0{BITS // 4}x")


def likeness(first: str, second: str) -> float:
    """Estimated cosine similarity of two sketched sentences, from 0 (unrelated) to 1 (same
    pieces).
    """
    apart = (int(first, 16) ^ int(second, 16)).bit_count()
    return max(0.0, math.cos(math.pi * apart / BITS))


@lru_cache(maxsize=16384)
def _ballot(piece: str) -> int:
    """The hash of a piece with each bit in a counter of its own, so that adding ballots counts
    votes.
    """
    digest = int.from_bytes(blake2b(piece.encode(), digest_size=BITS // 8).digest(), "big")
    return int(
        format(digest, f"0{BITS}b")
        .replace("1", "x")
        .replace("0", "0" * _LANE)
        .replace("x", "1".zfill(_LANE)),
        16,
    )
