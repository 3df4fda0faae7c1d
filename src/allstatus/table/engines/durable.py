"""The same rule set forward-chained in durable-rules; the only module that imports it.

One fact carries the case; status rules fire on it and assert a status fact; option rules fire on
that; each action records what fired. How each known hazard of durable-rules is kept out:

* sessions (1,024 at most, and a crash on deleting one): one session for ever, facts retracted;
* an unmatched message raises: a rule for every case and for every status always matches;
* background dispatcher threads: the host is made without them;
* events are consumed by one rule: facts are used, on which every matching rule fires;
* exceptions in actions vanish: actions catch them and `fire` raises them again; signals, which
  raise anywhere, wait;
* strings and booleans are coerced: only the words "yes" and "no" are ever sent;
* rulesets are global by name: each engine has a host of its own;
* a condition that is too long raises a bare number: it is a RulesError with the remedy;
* a host is not safe to share: a lock, renewed in a forked child.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from durable.engine import Host

from allstatus.errors import RulesError
from allstatus.record.undisturbed import undisturbed
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import RuleSet
from allstatus.table.engines import EngineName, Firing

RULES, SESSION = "allstatus", "0"
WORD = {True: "yes", False: "no"}
Expression = dict[str, Any]


class _QuietHost(Host):  # type: ignore[misc]
    """A host without the two dispatcher threads, which only timers and queues need."""

    def _run(self) -> None:
        pass


class DurableEngine:
    """Fires a rule set in durable-rules, one case at a time."""

    name: EngineName = "durable"

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._lock = threading.Lock()
        self._seen: list[tuple[str, str]] = []
        self._concluded: set[str] = set()
        self._error: BaseException | None = None
        self._host = _QuietHost()
        try:
            self._host.set_rulesets({RULES: self._definitions()})
        except Exception as error:  # its own limits, such as the length of a condition
            raise RulesError(
                [
                    f"{ruleset.id}: durable-rules cannot take these rules ({error}); use the "
                    f"engine `builtin`"
                ]
            ) from error
        os.register_at_fork(after_in_child=_renewer(weakref.ref(self)))

    def fire(self, case: Mapping[str, bool]) -> Firing:
        """What fired on one case."""
        return self.fire_all([case])[0]

    def fire_all(self, cases: Iterable[Mapping[str, bool]]) -> list[Firing]:
        """What fired on each case; signals wait until all are done."""
        with undisturbed():
            return [self._fire(case) for case in cases]

    def _fire(self, case: Mapping[str, bool]) -> Firing:
        """Assert the case, let the rules chain, retract everything, return what fired."""
        fact = {
            "kind": "case",
            "sid": SESSION,
            **{name: WORD[bool(value)] for name, value in case.items()},
        }
        with self._lock:
            self._seen, self._concluded, self._error = [], set(), None
            self._host.assert_fact(RULES, dict(fact))
            seen = self._seen
            for status in self._concluded:
                self._host.retract_fact(RULES, _status_fact(status))
            self._host.retract_fact(RULES, fact)
            error = self._error
        if error is not None:
            raise error
        return self._ordered(seen)

    def _ordered(self, seen: list[tuple[str, str]]) -> Firing:
        fired = set(seen)
        if ("case", "seen") not in fired or len(fired) != len(seen):
            raise RuntimeError("durable-rules lost or repeated a firing; use the engine `builtin`")
        statuses = tuple(name for name in self._ruleset.statuses if ("status", name) in fired)
        options = tuple(
            option["id"]
            for name in statuses
            for option in self._ruleset.options[name]
            if ("option", option["id"]) in fired
        )
        return Firing(statuses, options)

    def _definitions(self) -> dict[str, Any]:
        rules: dict[str, Any] = {
            "case": _rule(_equal("kind", "case"), self._action(("case", "seen")))
        }
        for name in self._ruleset.statuses:
            when = {"$and": [_equal("kind", "case"), self._status(name, True)]}
            rules[f"status_{name}"] = _rule(when, self._conclude(name))
            is_status = {"$and": [_equal("kind", "status"), _equal("status", name)]}
            options = [("option", option["id"]) for option in self._ruleset.options[name]]
            rules[f"options_{name}"] = _rule(is_status, self._action(("status", name), *options))
        return rules

    def _status(self, name: str, holds: bool) -> Expression:
        status = self._ruleset.statuses[name]
        parts = [self._clause(clause, holds) for clause in status.clauses]
        parts += [self._status(other, not holds) for other in status.unless]
        return _join("$and" if holds else "$or", parts)

    def _clause(self, clause: Clause, holds: bool) -> Expression:
        """The clause, or its negation, as an expression without negation (De Morgan)."""
        if clause.kind == "criterion":
            return _equal(str(clause.criterion), WORD[holds])
        if clause.kind == "not":
            return self._clause(clause.children[0], not holds)
        parts = [self._clause(child, holds) for child in clause.children]
        return _join("$and" if (clause.kind == "all") is holds else "$or", parts)

    def _conclude(self, status: str) -> Callable[[Any], None]:
        def act(context: Any) -> None:
            if status in self._concluded:  # an `any` that holds in two ways fires twice
                return
            self._concluded.add(status)
            try:
                context.assert_fact(_status_fact(status))
            except BaseException as error:
                self._error = error

        return act

    def _action(self, *fired: tuple[str, str]) -> Callable[[Any], None]:
        def act(context: Any) -> None:  # noqa: ARG001
            self._seen += fired

        return act


def _status_fact(status: str) -> dict[str, str]:
    return {"kind": "status", "status": status, "sid": SESSION}


def _equal(field: str, word: str) -> Expression:
    return {field: word}


def _join(operator: str, parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else {operator: parts}


def _rule(when: Expression, act: Callable[[Any], None]) -> dict[str, Any]:
    return {"all": [{"m": when}], "run": act}


def _renewer(engine: weakref.ref[DurableEngine]) -> Callable[[], None]:
    def renew() -> None:
        alive = engine()
        if alive is not None:
            alive._lock = threading.Lock()

    return renew
