"""The trace of every cell, and why a status does not hold."""

from itertools import product

from why.cells import EXPLAINER, FACTS, RESOLVER, TABLE, Verdicts


def test_why_not_names_false_clauses_or_the_facts_it_waits_for(
    outcomes: dict[Verdicts, frozenset[str]],
) -> None:
    for cell, possible in outcomes.items():
        resolution = RESOLVER.resolve(cell, frozenset())
        nodes = EXPLAINER.tracer.outline(resolution.cell).nodes
        entries = EXPLAINER.explain(resolution).why_not
        reached = possible if len(possible) == 1 else frozenset()
        assert [entry.status for entry in entries] == [
            name for name in TABLE.statuses if possible and name not in reached
        ]
        for entry in entries:
            assert bool(entry.failing) == (entry.status not in possible)
            if entry.together:
                assert all(nodes[path].verdict == "unknown" for path in entry.failing)
                assert len(entry.failing) > 1
            else:
                assert all(
                    nodes[path].verdict == "false" and nodes[path].decisive
                    for path in entry.failing
                )
            assert set(entry.waiting_for) <= {
                fact for fact in FACTS if len(RESOLVER.open_answers(resolution, fact)) > 1
            }


def test_nodes_are_flat_and_each_stands_below_one_parent() -> None:
    for cell in product((False, True, None), repeat=len(TABLE.criteria)):
        outline = EXPLAINER.tracer.outline(TABLE.cell(cell))
        tops = [name for status in outline.statuses for name in status.clauses]
        below = [name for node in outline.nodes.values() for name in node.children]
        assert sorted([*tops, *below]) == sorted(outline.nodes)
