// Practise: decide, then see why; a score by kind of mistake. Keys choose while the focus is in here; nothing is kept.

const MISTAKES = ["too_early", "too_late", "filled_gap", "missed_definition", "wrong_status", "missed_clash", "false_clash"];

// The kind of mistake, from the right answer and the one given.
const mistakeKind = (right, given) => {
  const known = [OUTSIDE, "insufficient_data", "conflicting_data"];
  if (right === "conflicting_data") return "missed_clash";
  if (given === "conflicting_data") return "false_clash";
  if (right === "insufficient_data") return "too_early";
  if (given === "insufficient_data") return "too_late";
  if (right === OUTSIDE) return "filled_gap";
  return known.includes(given) ? "missed_definition" : "wrong_status";
};

const makePractise = (engine, exercises, parts) => {
  const { data } = engine, { words } = parts, forms = data.texts.exercise;
  const names = Object.keys(data.choices);
  const stage = h("div.stage"), element = h("div.practise", { tabindex: -1 }, stage);
  let session = null;

  const { seed, fields, cases } = parts.makeDraw();
  const begin = () => start(cases(), null);

  const walk = (history) => start(history.points.map((point) => {
    const decision = point.decision ?? engine.decide(point.record);
    return { ...point, answer: exercises.answerOf(decision), edge: null };
  }), history);

  // The record of a moment is embedded as what differs from the moment before.
  const wholeRecords = ({ points }) => points.map((point, number) => ({ ...point, record: Object.assign({}, ...points.slice(0, number + 1).map(({ record }) => record)) }));
  const histories = data.histories.map((history) => ({ ...history, points: wholeRecords(history) }));

  const own = makeOwn(engine, exercises, parts, { walk, leave: () => menu() });
  const openOwn = () => {
    session = null;
    own.show(stage);
  };

  const start = (items, history) => {
    session = { items, history, given: [] };
    ask();
  };

  const menu = () => {
    session = null;
    const form = h("form.setup", { onsubmit: (event) => { event.preventDefault(); begin(); } }, fields,
      h("button.primary", { type: "submit" }, words.begin));
    replace(stage, h("h2", data.texts.page.tabs.practise), h("p", forms.instructions), h("p.quiet", `${words.practise_intro} ${words.seed_hint}`), form,
      assumptions(), h("h2.later", words.walk), h("p", words.walk_intro), h("div.toolbar", {},
      histories.map((history) => h("button", { type: "button", onclick: () => walk(history) }, history.title)),
      h("button", { type: "button", onclick: openOwn }, words.own.open)));
  };

  const assumptions = () => h("details", h("summary", forms.assumptions), h("ul", engine.facts.filter((fact) => fact.assume)
    .map((fact) => h("li", `${exercises.label(fact.name)}: ${fact.assume.because}`))));

  const ask = () => {
    const { items, history, given } = session, item = items[given.length];
    const place = { number: given.length + 1, count: items.length, when: item.when, level: forms[LEVELS[item.level]] };
    const buttons = names.map((name, number) => h("button.choice", { type: "button", "data-answer": name, onclick: () => choose(name) },
      h("kbd", { "aria-hidden": "true" }, number + 1), h("span", data.choices[name])));
    const title = h("h2", { tabindex: -1 }, fill(history ? words.progress_walk : words.progress, place));
    replace(stage, h("p.quiet", history?.title), title, h("progress", { max: items.length, value: given.length, "aria-label": fill(words.progress, place) }),
      h("div.play", h("div", item.note && h("p.note", item.note), parts.caseList(item.record, item.carried)),
        h("div", h("p.question", { id: "question" }, h("strong", forms.question)), h("div.choices", { role: "group", "aria-labelledby": "question" }, buttons),
          h("p.quiet.keys", fill(words.keys, { count: names.length })), h("div.feedback", { role: "status" }))),
      h("div.toolbar", h("button.quiet", { type: "button", onclick: menu }, words.stop)));
    title.focus();
  };

  const choose = (answer) => {
    const item = session.items[session.given.length];
    session.given.push(answer);
    for (const button of stage.querySelectorAll(".choice")) {
      const name = button.dataset.answer;
      button.disabled = true;
      if (name === item.answer) button.classList.add("right");
      else if (name === answer) button.classList.add("wrong");
      if (name === item.answer || name === answer) button.append(h("span.verdict", name === item.answer ? "✓" : "✗"));
    }
    const last = session.given.length === session.items.length;
    const next = h("button.primary", { type: "button", onclick: last ? score : ask }, last ? words.finish : words.next);
    replace(stage.querySelector(".feedback"), verdict(item, answer), next);
    next.focus();
  };

  // Whether it was right, why, and what speaks against the choice where it was not.
  const verdict = (item, given) => {
    const decision = item.decision ?? engine.decide(item.record), right = item.answer === given;
    const why = exercises.explainParts(item, decision), lines = (texts, name = "p") => texts.map((line) => h(name, {}, line));
    return h(`div.${right ? "good" : "bad"}`, {},
      h("p.verdict", parts.mark(right), h("strong", right ? words.right : fill(words.wrong, { answer: data.choices[given] }))),
      !right && h("p", exercises.whyNot(item, given, decision)), h("p.conclusion", why.headline), lines(why.said), lines(why.assumed, "p.quiet"),
      why.decided.length > 0 && h("div.decided", lines(why.decided), lines(why.otherwise)), item.decidedBy && h("p.quiet", exercises.readFrom(item)));
  };

  const score = () => {
    const { items, history, given } = session;
    const rights = items.map((item, number) => item.answer === given[number]);
    const tally = (edge) => items.reduce(([right, all], item, number) => (item.edge === edge ? [right + rights[number], all + 1] : [right, all]), [0, 0]);
    const [right, all] = tally(true), [away, awayAll] = tally(false);
    const kinds = items.flatMap((item, number) => (rights[number] ? [] : [mistakeKind(item.answer, given[number])]));
    const found = MISTAKES.map((kind) => [kind, kinds.filter((name) => name === kind).length]).filter(([, times]) => times);
    const title = h("h2", { tabindex: -1 }, fill(words.score, { right: rights.filter(Boolean).length, count: items.length }));
    const again = history ? () => walk(history) : begin;
    replace(stage, title, !history && h("p", fill(words.score_edge, { right, count: all, away_right: away, away_count: awayAll })),
      h("h3", words.mistakes), found.length ? h("ul.mistakes", found.map(([kind, times]) => h("li", h("strong", `${times} × `), words.mistake[kind]))) : h("p", words.mistake_none),
      h("h3", words.review), h("ol.review", items.map((item, number) => h("li", h("details", h("summary", parts.mark(rights[number]),
        h("strong", history && `${item.when}: `, data.choices[item.answer]), !rights[number] && h("span.quiet", fill(words.you_said, { answer: data.choices[given[number]] }))),
        h("div.play", h("div", parts.caseList(item.record, item.carried)), h("div.feedback", verdict(item, given[number]))))))),
      history && [h("h3", words.history_done), h("ol.history", items.map((item) => h("li", h("strong", item.when), h(`span.tagged.${parts.shade(item.answer)}`, {},
        h("span", item.remission ? fill(words.remission_number, { title: data.choices[item.answer], number: item.remission }) : data.choices[item.answer])))))],
      h("div.toolbar", !history && h("button.primary", { type: "button", onclick: () => { seed.value = Number(seed.value) + 1; begin(); } }, words.again),
        h("button", { type: "button", onclick: again }, words.same), history?.own && h("button", { type: "button", onclick: openOwn }, words.own.change), h("button.quiet", { type: "button", onclick: menu }, words.stop)));
    title.focus();
  };

  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    const button = stage.querySelectorAll(".choice:not(:disabled)")[Number(event.key) - 1];
    if (button) button.click();
  });

  menu();
  return { element };
};
