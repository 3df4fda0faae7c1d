"""The folder of a new rule set: the files of one that there is with their citations pointed at
another page, its own options from the page's lists, and a mark wherever a person has to write.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from allstatus.errors import RulesError
from allstatus.record.whole_files import whole_folder
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.fingerprint import PageSentence, cite_block, front_matter, page_sentences
from allstatus.rules.lock import rule_files
from allstatus.verify.citations import read_citations
from allstatus.verify.page_map import (
    MAP_FILE,
    MappedSentence,
    PageMap,
    map_page,
    read_page_map,
    write_page_map,
)
from allstatus.verify.scaffold.new_citations import (
    CHECKED,
    MARK,
    NOWHERE,
    NewCitations,
    same_headings,
)

HERE = Path(__file__).parent
CHOSEN = ("Stages of", "Treatment of")  # how the sections begin that rules are read from
OPTION_SECTIONS = "Treatment of"
READERS = {"clinician", "student", "plain"}
CITES = "cites.txt"  # each sentence of the sections chosen, to paste from
MOST_SHOWN = 20
_CHECKED = re.compile(rf"(['\"]?){re.escape(CHECKED)}(\w+)\1")
_NAMES = re.compile(r"[A-Z]{2,}|[a-z]{8,}")


def new_rule_set(
    rules_id: str, page_text: str, like: Path, folder: Path, sections: Sequence[str] = ()
) -> None:
    """Write a rule set's folder for a page, after the rule set in `like`; raises RulesError where
    the folder is there already.
    """
    if folder.exists():
        raise RulesError([f"{folder}: is there already; give a folder that is not"])
    page = list(page_sentences(page_text))
    chosen = [s for s in page if _is_chosen(s.section, sections)]
    scaffold = _Scaffold(like, page, chosen)
    with whole_folder(folder) as work:
        for path in sorted(rule_files(like)):
            name = path.relative_to(like).as_posix()
            if name not in (MAP_FILE, "ruleset.yaml"):
                scaffold.write(work / name, path)
        _write_head(rules_id, page_text, like, work)
        blocks = [f"# {sentence.text}\n{cite_block(sentence)}\n" for sentence in chosen]
        (work / CITES).write_text("\n".join(blocks), "utf-8")
        cited = [citation.place for citation in read_citations(work)]
        mapped = map_page(page, scaffold.old, cited)
        write_page_map(work, _with_reasons(mapped, scaffold.old, set(cited)))


def blanks(directory: Path, most: int | None = MOST_SHOWN) -> Iterator[str]:
    """A line for each place of a rule set that is still to be filled in or checked."""
    found = [
        f"{directory.name}/{path.relative_to(directory).as_posix()}:{number}: still to be filled "
        f"in or checked: {' '.join(line.split())}"
        for path in sorted(rule_files(directory))
        if path.name != MAP_FILE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if MARK in line or NOWHERE in line
    ]
    yield from found[:most]
    if most is not None and len(found) > most:
        yield f"{directory.name}: {len(found) - most} more places like these"


def _is_chosen(section: str, words: Sequence[str]) -> bool:
    return section.startswith(CHOSEN) if not words else any(word in section for word in words)


class _Scaffold:
    def __init__(
        self, like: Path, page: Sequence[PageSentence], chosen: Sequence[PageSentence]
    ) -> None:
        mapped = (like / MAP_FILE).is_file()
        self.old = read_page_map(like) if mapped else PageMap({}, ())
        self._of_the_page = {citation.place[1] for citation in read_citations(like)}
        if mapped:  # what is cited besides is another source, and stays
            self._of_the_page = {sentence.fingerprint for sentence in self.old.sentences}
        self._citations = NewCitations(self.old, page)
        self._strange = _strange_names(like, page)
        self._items = _options_by_status(like, chosen)

    def write(self, target: Path, source: Path) -> None:
        """A file as the old one has it, its citations and texts for this page."""
        file = YamlFile(source, source.parent)
        head = [line for line in source.read_text("utf-8").splitlines() if line.startswith("#")]
        data = file.data
        if source.parent.name == "options":
            data = {**data, "options": self._items.get(data["status"], [])}
        elif source.name == "guidance.yaml":
            data = {kind: self._on_the_page(kind, entries) for kind, entries in data.items()}
        _write(target, head[:1], self._filled(data))

    def _on_the_page(self, kind: str, entries: Sequence[Any]) -> list[Any]:
        """The entries whose sentence this page has too; facts rest on tests, which stay."""
        return [
            entry
            for entry in entries
            if kind == "tests"
            or self._citations.counterpart((entry["cite"]["section"], entry["cite"]["sentence"]))
        ]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"section", "sentence"}:
                ours = value["sentence"] in self._of_the_page
                return self._citations.cite(value) if ours else value
            if set(value) == READERS:
                return dict.fromkeys(value, MARK)
            return {k: v if k == "condition" else self._filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, str) and " " in value and set(_NAMES.findall(value)) & self._strange:
            return f"{MARK}: {value}"
        return value


def _strange_names(like: Path, page: Sequence[PageSentence]) -> set[str]:
    """Abbreviations and long words of the old rule set's title and statuses that the page does not
    have: where they stand, a text is about the other disease.
    """
    head = YamlFile(like / "ruleset.yaml", like).data
    named = [head["title"], head["population"]["diagnosis"]]
    named += [YamlFile(path, like).data["title"] for path in (like / "statuses").glob("*.yaml")]
    here = {name for sentence in page for name in _NAMES.findall(sentence.text)}
    return {name for text in named for name in _NAMES.findall(text)} - here


def _options_by_status(
    like: Path, chosen: Sequence[PageSentence]
) -> dict[str, list[dict[str, Any]]]:
    """The items of the page's lists of treatments, for the status whose section is most alike."""
    files = [YamlFile(path, like).data for path in sorted((like / "options").glob("*.yaml"))]
    shape = yaml.safe_load((HERE / "option.yaml").read_text("utf-8"))
    found: dict[str, list[dict[str, Any]]] = {}
    for sentence in chosen:
        if sentence.section.startswith(OPTION_SECTIONS) and not sentence.text.endswith((".", ":")):
            near = max(files, key=lambda f: same_headings(sentence.section, f["cite"]["section"]))
            items = found.setdefault(near["status"], [])
            cite = {"section": sentence.section, "sentence": sentence.fingerprint}
            name = f"{near['status'].replace('_', '-')}-{len(items) + 1}"
            items.append({"id": name, **shape, "cite": cite})
    return found


def _write_head(rules_id: str, page_text: str, like: Path, folder: Path) -> None:
    about, old = front_matter(page_text), YamlFile(like / "ruleset.yaml", like).data
    head = yaml.safe_load((HERE / "ruleset.yaml").read_text("utf-8"))
    reviewed = str(about.get("lastReviewed", MARK))
    source = {
        "title": about.get("title", MARK),
        "url": about.get("url", MARK),
        "last_reviewed": reviewed,
    }
    head |= {"id": rules_id, "effective_from": reviewed, "source": source, "notice": old["notice"]}
    _write(folder / "ruleset.yaml", [], head)


def _write(path: Path, head: Sequence[str], data: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(
        json.loads(json.dumps(data, default=str)), sort_keys=False, allow_unicode=True, width=110
    )
    marked = _CHECKED.sub(rf"\2  # {MARK}: check", text)
    path.write_text("\n".join([*head, marked]), "utf-8")


def _with_reasons(page: PageMap, old: PageMap, cited: set[tuple[str, str]]) -> PageMap:
    """Sentences that no rule cites get the reason that most have in the section most alike."""
    usual: dict[str, Counter[str]] = {}
    for sentence in old.sentences:
        if sentence.informational:
            usual.setdefault(sentence.section, Counter())[sentence.informational] += 1
    near = {
        section: max(usual, key=lambda other: same_headings(section, other))
        for section in {sentence.section for sentence in page.sentences}
        if usual and not section.startswith(CHOSEN)
    }
    return PageMap(page.reasons, tuple(_proposed(s, near, usual, cited) for s in page.sentences))


def _proposed(
    sentence: MappedSentence,
    near: Mapping[str, str],
    usual: Mapping[str, Counter[str]],
    cited: set[tuple[str, str]],
) -> MappedSentence:
    if sentence.informational or sentence.place in cited or sentence.section not in near:
        return sentence
    reason = usual[near[sentence.section]].most_common(1)[0][0]
    return MappedSentence(sentence.section, sentence.fingerprint, sentence.sketch, reason)
