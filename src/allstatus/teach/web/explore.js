// Explore: facts as controls, the three definitions live, what would change the answer, and what to ask next.

const SHOWN_CHANGES = 4, SHOWN_ANSWERS = 6;

const makeExplore = (engine, why, exercises, parts) => {
  const { data, facts } = engine, { words } = parts;
  const controls = new Map(), panes = {};
  const pane = (name, title, ...more) => {
    panes[name] = h("div");
    return h(`section.${name}`, { "aria-labelledby": `${name}-title` }, h("h2", { id: `${name}-title` }, title), more, panes[name]);
  };
  const pinned = h("div.pinned", { "aria-hidden": "true" });
  const level = h("select", { onchange: () => show() }, Object.entries(data.texts.levels).map(([value, name]) => h("option", { value }, name)));

  // ---- controls ----------------------------------------------------------------------------------

  const makeChoice = (fact) => {
    const known = fact.kind === "yes_no" ? [true, false] : fact.values;
    const options = [...known, UNKNOWN, ...(fact.assume ? [null] : [])];
    const inputs = options.map((value) => h("input", { type: "radio", name: fact.name, value: String(value), onchange: () => show() }));
    const labels = options.map((value, number) => h("label", inputs[number], exercises.valueText(fact.name, value)));
    const set = (value) => {
      const wanted = value === undefined || (value === null && !fact.assume) ? (fact.assume ? null : UNKNOWN) : value;
      inputs[options.indexOf(wanted)].checked = true;
    };
    set();
    const element = h("fieldset.fact", h("legend", exercises.label(fact.name)), h("p.quiet", fact.question), h("div.pills", labels));
    return { element, set, value: () => options[inputs.findIndex((input) => input.checked)] };
  };

  // A number, or a percentage beside the marrow's: its exact text, or not known.
  const makeNumber = (fact) => {
    const hint = fact.kind === "percent" ? words.percent_hint : words.number_hint, says = h("p.says", { id: `${fact.name}-says`, "aria-live": "polite" });
    const text = h("input.number", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": exercises.label(fact.name),
      "aria-describedby": `${fact.name}-hint ${fact.name}-says`, oninput: () => show() });
    const value = () => { const typed = text.value.trim(); return typed === "" ? (fact.assume ? null : UNKNOWN) : exercises.numberOf(fact, typed); };
    const set = (stated) => { text.value = [undefined, null, UNKNOWN].includes(stated) ? "" : stated.text ?? stated; };
    const problem = () => {
      const found = refusalOf(fact, value());
      text.setAttribute("aria-invalid", found ? "true" : "false");
      says.className = found ? "says problem" : "says";
      says.textContent = found ?? unbroken(exercises.valueText(fact.name, value()));
      return found;
    };
    const element = h("fieldset.fact", h("legend", exercises.label(fact.name)), h("p.quiet", fact.question), text, h("p.quiet", { id: `${fact.name}-hint` }, hint), says);
    return { element, set, value, problem };
  };

  const refusalOf = (fact, stated) => {
    try {
      if (stated !== null) engine.readFact(fact, stated);
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return data.texts.problems[error.problem];
    }
  };

  const marrowFact = facts.find((fact) => fact.kind === "percent");
  const makeControl = (fact) => (fact === marrowFact ? makeMarrow(engine, exercises, parts, fact, () => show()) : ["percent", "number"].includes(fact.kind) ? makeNumber(fact) : makeChoice(fact));
  for (const fact of facts) controls.set(fact.name, makeControl(fact));
  const marrow = marrowFact && controls.get(marrowFact.name);

  const set = (record) => {
    for (const [name, control] of controls) if (name in record) control.set(record[name]);
    show();
  };
  const reset = () => {
    for (const control of controls.values()) control.set();
    show();
  };
  const record = () => Object.fromEntries([...controls].map(([name, control]) => [name, control.value()]));

  // ---- what is shown -----------------------------------------------------------------------------

  const list = (items) => h("ul", items.map((item) => h("li", item)));

  // What one answer, or the fewest, would make of it: said first where it cannot be told.
  const away = ({ resolution }) => {
    const all = why.answersAway(resolution), said = (answers) => answers.map((one) => why.answerWords(resolution, one)).join(words.and);
    const lines = all.slice(0, SHOWN_ANSWERS).map(({ to, answers }) => `${fill(words.then, { words: said(answers), outcomes: exercises.titles([to]) })}.`);
    return h("ul.away", [...lines, ...(all.length > SHOWN_ANSWERS ? [fill(words.more, { count: all.length - SHOWN_ANSWERS })] : [])].map((line) => h("li", line)));
  };

  const answer = (decision) => {
    const name = exercises.answerOf(decision), chosen = level.value;
    const possible = decision.outcome === "insufficient_data" && [away(decision), h("p", `${words.still_possible}: ${exercises.titles(decision.possible)}.`)];
    const said = decision.outcome === "insufficient_data" ? [] : exercises.messages(decision, chosen), open = exercises.mayBe(decision, chosen);
    replace(pinned, h(`p.headline.${parts.shade(name)}`, h("strong", exercises.headline(decision, "clinician"))));
    replace(panes.answer, h(`p.headline.${parts.shade(name)}`, h("strong", exercises.headline(decision, chosen))), possible,
      said.map((text) => h("p", text)), open && [h("p", open.intro), list(open.said)], exercises.assumed(decision).map((because) => h("p.quiet", `${words.assumed}: ${because}`)));
  };

  const observed = (criterion, decision) => {
    const { fact } = engine.criteria[engine.place[criterion]], stated = record()[fact];
    const assumedHere = stated === null && decision.outcome !== "conflicting_data" && decision.resolution.assumed.includes(fact);
    const value = assumedHere ? fill(words.assumed_value, { value: exercises.valueText(fact, engine.factOf[fact].assume.value) }) : exercises.valueText(fact, stated);
    return h("span.observed", fill(words.observed, { value }));
  };

  const clause = (node, decision, opened, verdictOf) => {
    const inner = node.kind === "not" ? words.none_of : node.kind === "all" ? words.all_of : words.any_of;
    const line = [parts.mark(verdictOf(node)), h("span.expected", node.children.length ? inner : node.expected), node.criterion && observed(node.criterion, decision),
      node.reading === "interpretation" && h("span.tag", words.our_reading)];
    const details = h("details", { "data-path": node.path, open: opened.has(node.path) }, h("summary", line),
      h("p.quiet", parts.cite(node.section, node.reading)), node.note && h("p.quiet", node.note));
    return h("li", details, node.children.length > 0 && h("ul.clauses", node.children.map((child) => clause(child, decision, opened, verdictOf))));
  };

  const definitions = (decision) => {
    const opened = new Set([...panes.definitions.querySelectorAll("details[open]")].map((details) => details.dataset.path));
    const focused = document.activeElement?.closest?.("details")?.dataset.path;
    const names = Object.keys(data.choices);
    const traced = why.trace(decision.resolution).sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    const clash = decision.outcome === "conflicting_data";
    const verdictOf = (node) => (clash ? undefined : node.verdict);
    replace(panes.definitions, h("p.quiet", clash ? words.definitions_untried : words.definitions_hint), h("div.cards", traced.map((status) => {
      const verdict = verdictOf(status);
      return h(`article.definition.${MARKS.get(verdict)[1]}`, h("h3", parts.mark(verdict), status.title),
        h("ul.clauses", status.clauses.map((node) => clause(node, decision, opened, verdictOf))));
    })));
    if (focused) panes.definitions.querySelector(`details[data-path="${focused}"] summary`)?.focus();
  };

  const ask = (decision) => {
    const asked = decision.outcome === "insufficient_data" ? why.askNext(decision.resolution) : null;
    panes.ask.parentElement.hidden = asked === null;
    if (asked === null) return;
    const fact = engine.factOf[asked.fact];
    const rest = why.irrelevant(decision.resolution).map(exercises.label);
    replace(panes.ask, h("p", h("strong", fact.question)), h("p", exercises.message(decision, level.value, fact.name)),
      h("p.quiet", fill(words.answered_by, { tests: (fact.answered_by ?? []).join("; ") })),
      list(asked.answers.map(({ answer: reply, possible }) => fill(words.then, { words: why.answerWords(decision.resolution, reply), outcomes: exercises.titles(possible) }))),
      rest.length > 0 && h("p.quiet", fill(words.cannot_matter, { facts: rest.join(", ") })));
  };

  const changesTo = (found, resolution) => {
    const groups = Map.groupBy ? Map.groupBy(found, (change) => change.to) : found.reduce((map, change) => map.set(change.to, [...(map.get(change.to) ?? []), change]), new Map());
    return h("dl.changes", [...groups].map(([to, ways]) => h("div", h("dt", exercises.titleOf(to)),
      ways.slice(0, SHOWN_CHANGES).map((change) => h("dd", change.answers.map((way) => why.answerWords(resolution, way)).join("; "))),
      ways.length > SHOWN_CHANGES && h("dd.quiet", fill(words.more, { count: ways.length - SHOWN_CHANGES })))));
  };

  const changes = (decision) => {
    const open = decision.outcome === "insufficient_data" || decision.stated.conflicts.length > 0;
    panes.changes.parentElement.hidden = open;
    if (open) return;
    const found = why.changes(decision.resolution);
    const [now, history] = ["finding", "history"].map((about) => found.filter((change) => change.about === about));
    replace(panes.changes, found.length === 0 && h("p", words.changes_none), now.length > 0 && changesTo(now, decision.resolution),
      history.length > 0 && h("details", h("summary", words.changes_history), changesTo(history, decision.resolution)));
  };

  const options = (decision) => {
    const listed = decision.status ? data.options[decision.status] ?? [] : [];
    panes.options.parentElement.hidden = listed.length === 0;
    const note = (option) => [option.qualifier, option.listed_by === "clinical_trials" && words.trials].filter(Boolean).join(" ");
    replace(panes.options, h("p.quiet", words.options_note), list(listed.map((option) => [exercises.atLevel(option.title, level.value), note(option) && h("span.quiet", ` ${note(option)}`)])));
  };

  const others = (percent) => {
    const shown = percent && data.others.definitions;
    panes.others.parentElement.hidden = !shown;
    if (!shown) return;
    const found = why.others(percent), differing = found.filter((definition) => definition.differs).length;
    replace(panes.others, h("p", fill(differing ? words.others_differ : words.others_agree, { count: differing })),
      h("ul.clauses", found.map((definition) => h("li.other", parts.mark(definition.holds), h("span.expected", definition.title),
        h("span.observed", fill(words.others_ask, { limit: fill(words.side[definition.comparator], definition) })), definition.differs && h("strong", words.differs)))));
  };

  const map = makeMap(engine, exercises, parts, (sides) => set(sides));

  const show = () => {
    const { problem: refused, percent } = marrow ? marrow.read() : {};
    const problem = [refused, ...[...controls.values()].map((control) => control.problem?.())].find(Boolean);
    const decision = problem ? null : engine.resolveRecord(record());
    element.classList.toggle("refused", Boolean(problem));
    if (problem) {
      replace(panes.answer, h("p.headline", h("strong", problem)));
      replace(pinned, h("p.headline", problem));
      return;
    }
    for (const part of [answer, definitions, ask, changes, options]) part(decision);
    const focused = document.activeElement?.matches?.(".box") && [...panes.map.querySelectorAll(".box")].indexOf(document.activeElement);
    replace(panes.map, map.view(decision));
    if (Number.isInteger(focused)) panes.map.querySelectorAll(".box")[focused]?.focus();
    replace(panes.counting, map.counting(percent));
    others(percent);
  };

  const group = (about) => {
    const inside = facts.filter((fact) => fact.about === about).map(({ name }) => controls.get(name).element);
    return inside.length > 0 && h("div.group", { role: "group", "aria-labelledby": `${about}-title` }, h("h2", { id: `${about}-title` }, words.groups[about]), inside);
  };

  const element = h("div.explore", {},
    h("p.intro", words.intro),
    h("div.toolbar", h("span.quiet", `${words.examples}:`), Object.entries(exercises.tries).map(([name, values]) =>
      h("button.quiet", { type: "button", onclick: () => set(values) }, words.example[name])), h("button.quiet.plain", { type: "button", onclick: reset }, words.reset)),
    h("div.columns", {},
      h("form.facts", { "aria-label": words.facts, onsubmit: (event) => event.preventDefault() },
        ["history", "finding"].map(group), pinned),
      h("div.results", {},
        pane("answer", words.answer, h("label.level", `${words.explain_to} `, level)),
        pane("ask", words.ask_next), pane("definitions", words.definitions), pane("changes", words.changes), pane("options", words.options))),
    pane("map", words.map, h("p.quiet", words.map_hint)), pane("counting", words.counting, h("p.quiet", words.counting_hint)),
    pane("others", words.others, h("p.quiet", words.others_hint)));
  panes.answer.setAttribute("aria-live", "polite");
  // What has the focus is never under the answer that stays in sight.
  const bars = [panes.answer.parentElement, pinned], cover = (bar) => (getComputedStyle(bar).position === "sticky" ? bar.offsetHeight + 8 : 0);
  const observer = new ResizeObserver(() => { document.documentElement.style.scrollPadding = `${cover(bars[0])}px 0 ${cover(bars[1])}px`; });
  for (const bar of bars) observer.observe(bar);
  set(exercises.tries.limit ?? {}); // a case that has an answer
  return { element };
};
