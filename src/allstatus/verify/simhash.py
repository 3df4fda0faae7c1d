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


def sketch(text: str) -> str:
    """The sketch of a sentence, as 32 hex digits."""
    padded = f"  {normalise(text)}  "
    pieces = [padded[start : start + 3] for start in range(len(padded) - 2)]
    votes = zip(*map(_bits, pieces), strict=True)
    majority = ["1" if 2 * vote.count("1") > len(pieces) else "0" for vote in votes]
    return format(int("".join(majority), 2), f"0{BITS // 4}x")


def likeness(first: str, second: str) -> float:
    """Estimated cosine similarity of two sketched sentences, from 0 (unrelated) to 1 (same
    pieces).
    """
    apart = (int(first, 16) ^ int(second, 16)).bit_count()
    return max(0.0, math.cos(math.pi * apart / BITS))


@lru_cache(maxsize=16384)
def _bits(piece: str) -> str:
    """The hash of a piece, bit by bit."""
    digest = blake2b(piece.encode(), digest_size=BITS // 8).digest()
    return format(int.from_bytes(digest, "big"), f"0{BITS}b")
