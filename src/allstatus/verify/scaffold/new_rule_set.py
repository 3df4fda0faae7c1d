"""The folder of a new rule set: the files of one that there is with their citations pointed at
another page, or of the page alone, and a mark wherever a person has to write.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import yaml

from allstatus.errors import RulesError
from allstatus.record.regular_file import no_file
from allstatus.record.whole_files import whole_folder
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import find_rules
from allstatus.rules.fingerprint import PageSentence, cite_block, front_matter, page_sentences
from allstatus.rules.load import FOLDERS
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
from allstatus.verify.scaffold.from_page import files_of, page_states
from allstatus.verify.scaffold.listed_items import TREATMENTS, ListedItems
from allstatus.verify.scaffold.new_citations import (
    CHECKED,
    MARK,
    NOWHERE,
    NewCitations,
    same_headings,
)

HERE = Path(__file__).parent
CHOSEN = ("Stages of", TREATMENTS)  # how the sections begin that rules are read from
READERS = {"clinician", "student", "plain"}
CITES = "cites.txt"  # each sentence of the sections chosen, to paste from
MOST_SHOWN = 20
_CHECKED = re.compile(rf"(['\"]?){re.escape(CHECKED)}(\w+)\1")
_NAMES = re.compile(r"[A-Z]{2,}|[a-z]{8,}")


def new_rule_set(
    rules_id: str, page_text: str, like: Path | None, folder: Path, sections: Sequence[str] = ()
) -> None:
    """Write a rule set's folder for a page, after the rule set in `like` or without one; raises
    RulesError where the folder is there already, or no section of the page is chosen.
    """
    if folder.exists():
        raise RulesError([f"{folder}: is there already; give a folder that is not"])
    page = list(page_sentences(page_text))
    chosen = [s for s in page if _is_chosen(s.section, sections)]
    if not chosen:
        begins = " or ".join(f"'{words}'" for words in CHOSEN)
        asked = " or ".join(f"has '{words}'" for words in sections) or f"begins with {begins}"
        raise RulesError([f"no section {asked}; give words of a heading: --section WORDS"])
    model = like or find_rules()
    old = read_page_map(model) if (model / MAP_FILE).is_file() else PageMap({}, ())
    strange = _strange_names(model, page)
    states = page_states(chosen) if like is None else []
    parts = _Adapted(like, old, page, chosen, strange).files() if like else files_of(states, chosen)
    with whole_folder(folder) as work:
        for name, data in parts:
            _write(work / name, data, _schema_line(name, folder))
        course = [state.name for state in states]
        head = _head(rules_id, page_text, model, course)
        _write(work / "ruleset.yaml", head, _schema_line("ruleset.yaml", folder))
        blocks = [f"# {sentence.text}\n{cite_block(sentence)}\n" for sentence in chosen]
        (work / CITES).write_text("\n".join(blocks), "utf-8")
        _write_coverage(work, page, old, strange)


def blanks(directory: Path, most: int | None = MOST_SHOWN) -> Iterator[str]:
    """A line for each place of a rule set that is still to be filled in or checked; what is no file
    of UTF-8 is for the reader of rules to refuse.
    """
    found = [
        f"{directory.name}/{path.relative_to(directory).as_posix()}:{number}: still to be filled "
        f"in or checked: {' '.join(line.split())}"
        for path in sorted(rule_files(directory))
        if not no_file(path)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1)
        if MARK in line or NOWHERE in line
    ]
    yield from found[:most]
    if most is not None and len(found) > most:
        yield f"{directory.name}: {len(found) - most} more places like these"


def _is_chosen(section: str, words: Sequence[str]) -> bool:
    return section.startswith(CHOSEN) if not words else any(word in section for word in words)


class _Adapted:
    """The files of a rule set, their citations and texts for another page."""

    def __init__(
        self,
        like: Path,
        old: PageMap,
        page: Sequence[PageSentence],
        chosen: Sequence[PageSentence],
        strange: Set[str],
    ) -> None:
        self._like = like
        self._of_the_page = {citation.place[1] for citation in read_citations(like)}
        if old.sentences:  # what is cited besides is another source, and stays
            self._of_the_page = {sentence.fingerprint for sentence in old.sentences}
        self._citations = NewCitations(old, page)
        self._strange = strange
        files = [YamlFile(path, like).data for path in sorted((like / "options").glob("*.yaml"))]
        sections = {file["status"]: file["cite"]["section"] for file in files}
        self._items = ListedItems(sections, chosen).options

    def files(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each file but the head and the coverage, by its name in the folder."""
        for path in sorted(rule_files(self._like)):
            name = path.relative_to(self._like).as_posix()
            if name not in (MAP_FILE, "ruleset.yaml"):
                yield name, self._filled(self._data(path))

    def _data(self, path: Path) -> Any:
        data = YamlFile(path, self._like).data
        if path.parent.name == "options":
            return {**data, "options": self._items.get(data["status"], [])}
        if path.name == "guidance.yaml":
            return {kind: self._on_the_page(kind, entries) for kind, entries in data.items()}
        return data

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
        return _marked(value, self._strange) if isinstance(value, str) else value


def _marked(text: str, strange: Set[str]) -> str:
    named = " " in text and not strange.isdisjoint(_NAMES.findall(text))
    return f"{MARK}: {text}" if named else text


def _strange_names(like: Path, page: Sequence[PageSentence]) -> set[str]:
    """Abbreviations and long words of the old rule set's title and statuses that the page does not
    have: where they stand, a text is about the other disease.
    """
    head = YamlFile(like / "ruleset.yaml", like).data
    named = [head["title"], head["population"]["diagnosis"]]
    named += [YamlFile(path, like).data["title"] for path in (like / "statuses").glob("*.yaml")]
    here = {name for sentence in page for name in _NAMES.findall(sentence.text)}
    return {name for text in named for name in _NAMES.findall(text)} - here


def _head(rules_id: str, page_text: str, model: Path, course: Sequence[str]) -> Mapping[str, Any]:
    about, old = front_matter(page_text), YamlFile(model / "ruleset.yaml", model).data
    head = yaml.safe_load((HERE / "ruleset.yaml").read_text("utf-8"))
    reviewed = str(about.get("lastReviewed", MARK))
    source = {
        "title": about.get("title", MARK),
        "url": about.get("url", MARK),
        "last_reviewed": reviewed,
    }
    head |= {"id": rules_id, "effective_from": reviewed, "source": source, "notice": old["notice"]}
    return {**head, "course": list(course)} if course else head


def _schema_line(name: str, folder: Path) -> str:
    """What tells an editor the shape of a file, where the schemas stand beside the folder."""
    above, _, file = name.rpartition("/")
    shape = FOLDERS.get(above, file.removesuffix(".yaml"))
    up = "../" * (2 if above else 1)
    known = (folder.parent / "schema").is_dir()
    return f"# yaml-language-server: $schema={up}schema/{shape}.schema.json\n" if known else ""


def _write(path: Path, data: Any, head: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(
        json.loads(json.dumps(data, default=str)), sort_keys=False, allow_unicode=True, width=110
    )
    path.write_text(head + _CHECKED.sub(rf"\2  # {MARK}: check", text), "utf-8")


def _write_coverage(
    folder: Path, page: Sequence[PageSentence], old: PageMap, strange: Set[str]
) -> None:
    cited = [citation.place for citation in read_citations(folder)]
    proposed = _with_reasons(map_page(page, old, cited), old, set(cited))
    reasons = {name: _marked(text, strange) for name, text in proposed.reasons.items()}
    write_page_map(folder, PageMap(reasons, proposed.sentences))


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
