"""The rules as pages: for each rule set its definitions, criteria, gaps and decision table; and the
stated uses of agents.
"""

from __future__ import annotations

from collections.abc import Iterator

import criterion_pages
import overlay_page
import status_pages
import table_pages
from pieces import code, plain, table
from rule_words import about, sentences

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.rules.editions import rule_sets

SIDEBAR = (
    ("The rules", "All rule sets <rules/index>"),
    *(("The rules", f"rules/{folder.name}/index") for folder in rule_sets()),
    ("The rules", "Stated uses of agents <rules/applicability>"),
)
HEAD = """# The rules

Made from the rule files. The page each rule set was read from is never quoted: a rule names the
section, and the sentence by its fingerprint. [How to read a rule](how-to-read.md) explains the
files themselves.

"""
PARTS = (
    ("statuses", "Definitions"),
    ("criteria", "Criteria"),
    ("gaps", "Gaps, contradictions, assumptions"),
    ("table", "Decision table"),
)


def pages() -> Iterator[tuple[str, str]]:
    """Every page of the rules, by its place."""
    loaded = [load_rules(folder, engine="builtin") for folder in rule_sets()]
    yield "rules/index.md", HEAD + "\n\n".join(_listed(classifier) for classifier in loaded) + "\n"
    for classifier in loaded:
        home = f"rules/{classifier.ruleset.id}"
        yield f"{home}/index.md", _index(classifier)
        yield f"{home}/statuses.md", status_pages.page(classifier)
        yield f"{home}/criteria.md", criterion_pages.page(classifier)
        yield f"{home}/gaps.md", table_pages.gaps(classifier)
        yield f"{home}/table.md", table_pages.cases(classifier)
    yield "rules/applicability.md", overlay_page.page()


def _listed(classifier: Classifier) -> str:
    rules = classifier.ruleset
    return (
        f"- [{plain(rules.title)}]({rules.id}/index.md): {len(rules.statuses)} statuses, "
        f"{len(rules.criteria)} criteria, "
        + (f"{classifier.table.consistent.bit_count()} cases that can be")
    )


def _index(classifier: Classifier) -> str:
    rules = classifier.ruleset
    parts = [
        f"# {short_title(classifier)}\n",
        f"{plain(rules.title)}.\n",
        table(("", ""), about(rules)),
        "\n## Limits\n",
        table(
            ("limit", "value", "since", "what it separates"),
            (
                (
                    code(limit.name),
                    rules.with_limits("{" + limit.name + "}"),
                    limit.since,
                    plain(limit.title),
                )
                for limit in rules.thresholds.values()
            ),
        ),
        "\n## Contents\n",
        *(f"- [{title}]({name}.md)" for name, title in PARTS),
        "",
        sentences(rules.notice),
        "\n```{toctree}\n:hidden:\n",
        *(f"{title} <{name}>" for name, title in PARTS),
        "```\n",
    ]
    return "\n".join(parts)


def short_title(classifier: Classifier) -> str:
    """A title for the sidebar: whose page it is."""
    return (
        classifier.ruleset.title.partition(", as ")[2].removesuffix(" describes it")
        or classifier.ruleset.id
    )
