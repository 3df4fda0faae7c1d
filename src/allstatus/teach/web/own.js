// A history of the reader's own: points with a date and facts, or a text pasted in. It is kept in this page only while it is open.

const makeOwn = (engine, exercises, parts, { walk, leave }) => {
  const { data, facts } = engine, words = parts.words.own;
  let history = { records: [], carry: true };

  // ---- a point by its controls -------------------------------------------------------------------

  const field = (id, label, control, hint) => {
    control.id = id;
    if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
    return h("div", h("label", { for: id }, label), control, hint && h("p.quiet", { id: `${id}-hint` }, hint));
  };

  const makeControl = (fact) => {
    if (["percent", "number"].includes(fact.kind)) {
      const hint = fact.kind === "percent" ? words.percent_hint : parts.words.number_hint;
      const input = h("input.number", { type: "text", autocomplete: "off", spellcheck: "false" });
      return { element: field(`own-${fact.name}`, exercises.label(fact.name), input, hint), value: () => (input.value.trim() ? exercises.numberOf(fact, input.value.trim()) : null), clear: () => { input.value = ""; } };
    }
    const options = [null, ...(fact.kind === "yes_no" ? [true, false] : fact.values), UNKNOWN];
    const select = h("select", options.map((value, number) => h("option", { value: number, "data-value": value }, value === null ? data.texts.not_reported : exercises.valueText(fact.name, value))));
    return { element: field(`own-${fact.name}`, exercises.label(fact.name), select), value: () => options[select.value], clear: () => { select.value = 0; } };
  };

  const day = h("input.number", { type: "date", required: true });
  const controls = facts.map((fact) => [fact.name, makeControl(fact)]);
  const problem = h("p.says.problem", { role: "alert" });

  // In a text the record is named; beside the controls only the control.
  const explain = (error, inText) => {
    if (!(error instanceof RefusedHistory)) throw error;
    const where = [inText && error.number && fill(words.record, { number: error.number }), error.field && (error.field === "as_of" ? words.date : exercises.label(error.field))].filter(Boolean);
    problem.textContent = [where.join(", "), data.texts.problems[error.problem]].filter(Boolean).join(": ");
  };

  // Another history in its place, if it can be decided at each point.
  const change = (make, inText = false) => {
    try {
      const next = make();
      decideHistory(engine, next);
      history = next;
      problem.textContent = "";
      list();
      return true;
    } catch (error) {
      explain(error, inText);
      return false;
    }
  };

  const add = (event) => {
    event.preventDefault();
    const stated = Object.fromEntries(controls.map(([name, control]) => [name, control.value()]).filter(([, value]) => value !== null));
    const added = change(() => {
      if (!isDay(day.value)) throw new RefusedHistory("no_date", null, "as_of");
      return { ...history, records: [...history.records, { as_of: day.value, ...stated }] };
    });
    if (!added) return;
    for (const [, control] of controls) control.clear();
    day.focus();
  };

  const remove = (record) => {
    change(() => ({ ...history, records: history.records.filter((other) => other !== record) }));
    title.focus();
  };

  // ---- as text -----------------------------------------------------------------------------------

  const text = h("textarea", { rows: 7, spellcheck: "false", placeholder: words.placeholder });
  const read = () => {
    if (change(() => readHistory(engine, text.value), true)) title.focus();
  };

  // ---- what there is -----------------------------------------------------------------------------

  const title = h("h3", { tabindex: -1 });
  const points = h("div");
  const summary = (record) => facts.filter(({ name }) => (record[name] ?? null) !== null).map(({ name }) => `${exercises.label(name)}: ${exercises.valueText(name, record[name])}`).join("; ");

  const list = () => {
    const { records, carry } = history;
    const ordered = [...records].sort((a, b) => (a.as_of < b.as_of ? -1 : 1));
    title.textContent = records.length ? fill(words.points, { count: records.length, first: ordered[0].as_of, last: ordered.at(-1).as_of }) : words.no_points;
    form.hidden = !carry;
    replace(points, !carry && h("p.quiet", words.printed), h("ol.points", ordered.map((record) => h("li", h("strong", record.as_of), h("span", summary(record)),
      carry && h("button.quiet", { type: "button", "aria-label": fill(words.remove_point, { date: record.as_of }), onclick: () => remove(record) }, words.remove)))),
    records.length > 0 && h("div.toolbar", h("button.primary", { type: "button", onclick: start }, words.walk),
      h("button", { type: "button", onclick: () => change(() => ({ records: [], carry: true })) }, words.clear)));
    if (carry && records.length) text.value = writeHistory(history);
  };

  const start = () => walk({ title: words.title, own: true, points: decideHistory(engine, history) });

  const form = h("form.point", { onsubmit: add, novalidate: true, "aria-label": words.add },
    field("own-date", words.date, day), controls.map(([, control]) => control.element), h("button", { type: "submit" }, words.add));
  const heading = h("h2", { tabindex: -1 }, words.title);
  const pasted = h("details.pasted", h("summary", words.as_text), field("own-text", words.text_label, text, words.text_hint), h("button", { type: "button", onclick: read }, words.read));
  list();

  const show = (stage) => {
    replace(stage, heading, h("p", words.intro), h("p.quiet", words.carried_hint), form, problem, title, points, pasted,
      h("div.toolbar", h("button.quiet", { type: "button", onclick: leave }, parts.words.stop)));
    heading.focus();
  };

  return { show };
};
