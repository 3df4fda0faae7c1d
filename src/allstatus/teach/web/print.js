// Print: a worksheet and its answer key, from the same seed as everywhere else.

const makePrint = (engine, exercises, parts) => {
  const { data } = engine, { words } = parts, forms = data.texts.exercise;
  const { seed, fields, cases } = parts.makeDraw("print-");
  const withKey = h("input", { type: "checkbox", id: "with-key", checked: true });
  const sheet = h("div.sheet");

  const choices = () => h("ul.boxes", Object.values(data.choices).map((title) => h("li", "☐ ", title)));

  const title = (name, seedText) => h("h2", `${data.texts.title} ${name}`, h("span.quiet", ` ${fill(forms.seed, { seed: seedText })}`));

  const worksheet = (cases, seedText) => h("article.worksheet", title(forms.worksheet, seedText),
    h("p.quiet", data.ruleset.title), h("p.lines", h("span", forms.name), h("span", forms.date)), h("p", forms.instructions), h("p", forms.assumptions),
    h("ul", engine.facts.filter((fact) => fact.assume).map((fact) => h("li", `${exercises.label(fact.name)}: ${fact.assume.because}`))),
    h("ol.cases", cases.map((exercise, number) => h("li.exercise", {},
      h("h3", fill(forms.case, { number: number + 1 }), h("span.quiet", ` ${forms[LEVELS[exercise.level]]}`)), parts.caseList(exercise.record), choices()))),
    h("p.quiet", parts.source()));

  const key = (cases, seedText) => h("article.key", title(forms.key, seedText), h("ol.cases", cases.map((exercise, number) => h("li.exercise", {},
    h("h3", `${fill(forms.case, { number: number + 1 })}: ${data.choices[exercise.answer]}`), h("p", exercises.explain(exercise).slice(1).join(" ")),
    h("p.quiet", exercises.readFrom(exercise))))), h("p.quiet", parts.source()));

  const make = () => {
    const drawn = cases();
    replace(sheet, worksheet(drawn, seed.value), withKey.checked && key(drawn, seed.value));
  };

  const form = h("form.setup", { onsubmit: (event) => { event.preventDefault(); make(); } },
    fields, h("label.check", withKey, words.with_key), h("button", { type: "submit" }, words.make), h("button.primary", { type: "button", onclick: () => { make(); window.print(); } }, words.print_now));
  make();
  return { element: h("div.print", h("div.screen", h("h2", words.tabs.print), h("p.quiet", `${words.print_intro} ${words.seed_hint}`), form), sheet) };
};
