"""Comments beside results: whether one takes its result back, by the words of
`codes/comment-words.yaml`. A comment is never read for a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, product

from allstatus.ehr.chart import Code
from allstatus.record.code_files import read_yaml
from allstatus.record.remembered import remembered

Kinds = tuple[str, ...]
PERSONS: Kinds = ("another_persons",)
RESULT: Kinds = (*PERSONS, "withdrawn", "unfit")
SHARE: Kinds = (*RESULT, "uncounted")  # of a result that is a share of cells
MARROW: Kinds = (*SHARE, "elsewhere")
TREATMENT: Kinds = (*PERSONS, "not_given")
CONDITION: Kinds = (*PERSONS, "refuted")
_SENTENCES = re.compile(r"[.;!?]+(?!\d)")
_BETWEEN = r"(?:[^\W_]+\s+){0,3}"  # words between a negation and what it denies
_MEANT = {
    r"\*": r"\w*",
    r"\ \.\.\ ": r"[:,]?\s+(?:[^\W_]+[:,]?\s+){0,3}",
    r"\ ": r"\s+",
}  # in the table's words
_ONE_OF = re.compile(r"\(([^)]*)\)")
_WORD = re.compile(r"\w+")
_START = 3  # letters by which phrases are looked up
_FOR = "(?:for|fur|para|pour|per)"
_ENDS = r"(?=\s*(?:$|[,:(]|(?:for|with|on|at|by|in|due|because|per|today|tomorrow)\b))"
NEAR = 100  # characters in which a negation may stand
_BREAKS = re.compile(r"\\\.(?:br|sp)[+-]?\d*\\", re.IGNORECASE)  # of lines in HL7 v2 text
_ESCAPES = re.compile(r"\\(?:\.[a-z]{2}[+-]?\d*|[hn])\\", re.IGNORECASE)  # its other formatting


def taken_back(*comments: str, corrected: bool = False, of: Kinds = RESULT) -> str:
    """Why what has these comments cannot be relied on, or empty; `corrected`: it was sent as a
    correction, so that a comment may be about what it corrects. `of`: the kinds of words for it.
    """
    found = (_read(comment, corrected, of) for comment in comments if comment)
    return next(filter(None, found), "")


def unfit(code: str, display: str) -> str:
    """The same of the condition that a specimen was in, by code or in words."""
    known = _words().conditions.get(code.strip().upper(), "")
    return taken_back(known) or taken_back(display)


def is_comment(codes: Iterable[Code], text: str = "") -> bool:
    """Whether a result is a comment on those beside it, by its codes or by what it is called."""
    return _is_called_comment(text) or any(
        (code.system, code.code) in _of_others() or _is_called_comment(code.display)
        for code in codes
    )


def by_comment(doubt: str) -> bool:
    """Whether a comment makes a doubt: what it stands beside is as it says, or was never said."""
    return doubt.startswith(str(read_yaml("comment-words")["why"]).partition("{")[0])


@remembered(256)  # a comment on a message or an order is read for each of its results
def _read(comment: str, corrected: bool, of: Kinds) -> str:
    return _words().read(comment, corrected, of)


class Phrases:
    """Phrases that are looked for where a word begins as their first word does."""

    def __init__(self, words: Iterable[str]) -> None:
        self._starting: dict[str, list[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}  # of the starts that were met
        for said in (said for word in words for said in _spelled(word)):
            start = _WORD.match(said)
            assert start is not None
            self._starting.setdefault(start[0][:_START], []).append(said)

    def found_in(self, text: str, end: int) -> Iterator[re.Match[str]]:
        """Where they stand before a place in a plain text, one after the other."""
        last = 0
        for word in _WORD.finditer(text, 0, end):
            start = word[0][:_START]
            if start not in self._starting or word.start() < last:
                continue
            pattern = self._patterns.get(start)
            if pattern is None:
                pattern = self._patterns[start] = _pattern(self._starting[start])
            if found := pattern.match(text, word.start(), end):
                last = found.end()
                yield found

    def stand_in(self, text: str) -> bool:
        """Whether any does in a plain text."""
        return any(True for _ in self.found_in(text, len(text)))


class CommentWords:
    """The words of comments, as the table gives them."""

    def __init__(self) -> None:
        said = read_yaml("comment-words")
        kinds, negated = said["taken_back"], said["negated"]
        self._why = str(said["why"])
        self.conditions: dict[str, str] = said["conditions"]
        self._unharmed = Phrases(said["unharmed"])
        self._kinds = {name: Phrases(kind["words"]) for name, kind in kinds.items()}
        self._before = re.compile(rf"{_pattern(negated['before']).pattern}\s+{_BETWEEN}$")
        self._going_on = re.compile(rf"(?<![:=] )({_pattern(negated['goes_on']).pattern})\n")
        self._after = re.compile(
            rf"(?:\s+(?:index|grade|level)\b)?[\s:,-]*{_pattern(negated['after']).pattern}"
        )
        self._alone = re.compile(rf"\W*{_pattern(said['alone']).pattern}\W*")
        self._supposing = _pattern(negated["supposing"])
        self._left_open = _pattern(negated["left_open"])
        tests = _pattern(said["of_another_test"]["names"]).pattern
        self._of_tests = _pattern(said["of_another_test"]["words"])
        self._test_before = re.compile(rf"{tests}[\s:,]+(?:[^\W_]+\s+){{0,2}}$")
        self._test_after = re.compile(
            rf"\s*(?:[^\W_]+\s+){{0,2}}{_FOR}\s+(?:[^\W_]+\s+){{0,2}}{tests}"
        )
        self._of_things = {
            name: _pattern(words).pattern for name, words in said["of_another_thing"].items()
        }
        things, beside, between, _ = self._of_things.values()
        self._thing_before = re.compile(rf"{things}[\s:,]+(?:{between}\s+)?$")
        self._thing_after = re.compile(rf"(?:\s+{beside})*(?:\s+{things})+{_ENDS}")
        in_next = {name: _pattern(words).pattern for name, words in said["told_in_next"].items()}
        self._in_next = re.compile(
            rf"(?:^|(?<=[.;!?\n])\s*)({in_next['alone']})\s*[.;!]\s+(?={in_next['next']})"
        )
        self._another = Phrases(said["another"])
        self._corrected = Phrases([*said["another"], *said["corrected"]])

    def read(self, text: str, corrected: bool, of: Kinds) -> str:
        """Why, of the first sentence that takes the result back."""
        elsewhere = self._corrected if corrected else self._another
        for sentence in _SENTENCES.split(self._lines(text)):
            lines = sentence.split("\n")
            over = [(f"{one} {two}", len(one)) for one, two in pairwise(lines)]
            for said, end in (*((line, 0) for line in lines), *over):
                found = self._found(said, of, end)
                if not found and "withdrawn" in of and self._alone.fullmatch(said):
                    found = said.strip()
                if found and not elsewhere.stand_in(said):
                    return self._why.format(found)
        return ""

    def _lines(self, text: str) -> str:
        """Text made plain; a line goes on in the next after a word that denies what follows, and a
        sentence in one that tells where what it says stands.
        """
        return self._in_next.sub(r"\1, ", self._going_on.sub(r"\1 ", plain_words(text)))

    def _found(self, sentence: str, of: Kinds, over: int = 0) -> str:
        """The first words that take the result back and are not denied; those that stand on both
        sides of a place in it, if that is given.
        """
        supposed = self._supposing.search(sentence)
        end = supposed.start() if supposed else len(sentence)
        for kind in of:
            if kind == "unfit" and self._unharmed.stand_in(sentence):
                continue
            for found in self._kinds[kind].found_in(sentence, end):
                if over and not found.start() < over < found.end():
                    continue
                before = sentence[max(0, found.start() - NEAR) : found.start()]
                after = sentence[found.end() : found.end() + NEAR]
                if not (
                    self._is_denied(before)
                    or self._after.match(after)
                    or self._of_another_test(found[0], before, after)
                    or (kind == "withdrawn" and self._of_another_thing(found[0], before, after))
                ):
                    return found[0]
        return ""

    def _is_denied(self, before: str) -> bool:
        denial = self._before.search(before)
        return denial is not None and not self._left_open.search(denial[0])

    def _of_another_test(self, said: str, before: str, after: str) -> bool:
        return self._of_tests.fullmatch(said) is not None and bool(
            self._test_before.search(before) or self._test_after.match(after)
        )

    def _of_another_thing(self, said: str, before: str, after: str) -> bool:
        return re.fullmatch(self._of_things["words"], said) is not None and bool(
            self._thing_before.search(before) or self._thing_after.match(after)
        )


@cache
def _words() -> CommentWords:
    return CommentWords()


@remembered(256)  # results have few names
def _is_called_comment(name: str) -> bool:
    return bool(name) and " ".join(re.findall(r"\w+", plain_words(name))) in _names_of_others()


@cache
def _names_of_others() -> frozenset[str]:
    return frozenset(read_yaml("comment-words")["called"])


@cache
def _of_others() -> set[tuple[str, str]]:
    """Systems and codes of results that are comments on others."""
    return {(code["system"], code["code"]) for code in read_yaml("comment-words")["results"]}


def plain_words(text: str) -> str:
    """Small letters without accents, hyphens or formatting, a sentence in one line."""
    lines = (" ".join(line.split()) for line in _BREAKS.sub("\n", text).splitlines())
    joined = (f"{' ' if line[0].islower() else chr(10)}{line}" for line in lines if line)
    bare = without_accents(_ESCAPES.sub(" ", "".join(joined).lower()))
    return re.sub(r"[-–’'/_]+", " ", bare).strip()


def without_accents(text: str) -> str:
    """A text without the marks that stand on its letters."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(one for one in letters if not unicodedata.combining(one))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these words or phrases: `*` is the rest of a word, `..` up to three words, `(a|b)` one
    of these.
    """
    each = [re.escape(said) for word in words for said in _spelled(word)]
    for written, meant in _MEANT.items():
        each = [word.replace(written, meant) for word in each]
    return re.compile(rf"\b(?:{'|'.join(sorted(each, key=len, reverse=True))})\b")


def _spelled(word: str) -> Iterator[str]:
    """A phrase with each of the words that stand in parentheses."""
    parts = [part.split("|") for part in _ONE_OF.split(word)]
    yield from map(plain_words, map("".join, product(*parts)))
