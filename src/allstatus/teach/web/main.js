// The page starts: it checks itself against the answers it was made with, and shows nothing where one differs.

const check = (engine, exercises) => {
  const answer = (record) => {
    try {
      return exercises.answerOf(engine.decide(record));
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  };
  const cases = [...exercises.pool, ...exercises.vectors];
  const wrong = cases.find((one) => answer(one.record) !== one.answer);
  if (wrong) throw new Error(JSON.stringify(wrong.record));
  return cases.length;
};

const tabs = (words, views) => {
  const names = Object.keys(views);
  const buttons = names.map((name) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": name, onclick: () => show(name) }, words.tabs[name]));
  const panels = names.map((name) => h("section.panel", { id: name, role: "tabpanel", "aria-labelledby": `tab-${name}` }, views[name].element));
  const show = (name, focus = false) => names.forEach((other, number) => {
    const chosen = other === name;
    buttons[number].setAttribute("aria-selected", chosen);
    buttons[number].tabIndex = chosen ? 0 : -1;
    panels[number].hidden = !chosen;
    if (chosen && focus) buttons[number].focus();
  });
  const step = (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = buttons.indexOf(event.target);
    if (move && now >= 0) show(names[(now + move + names.length) % names.length], true);
  };
  show(names[0]);
  return [h("div.tabs", { role: "tablist", "aria-label": words.views, onkeydown: step }, buttons), panels];
};

const startPage = () => {
  const data = JSON.parse(document.getElementById("data").textContent), app = document.getElementById("app"), words = data.texts.page;
  const notice = h("p.notice", data.ruleset.notice);
  try {
    const engine = makeEngine(data), why = makeWhy(engine), exercises = makeExercises(engine, why), parts = makeParts(engine, exercises);
    const checked = check(engine, exercises);
    const views = { explore: makeExplore(engine, why, exercises, parts), practise: makePractise(engine, exercises, parts), print: makePrint(engine, exercises, parts) };
    const [bar, panels] = tabs(words, views);
    app.append(h("header.top", h("h1", data.texts.title), h("p.quiet", data.ruleset.title), bar), h("main", panels),
      h("footer", h("p", parts.source()), h("p", fill(words.checked, { count: checked }))));
  } catch (error) {
    replace(app, h("main.broken", { role: "alert" }, h("h1", data.texts.title), h("p", words.broken), h("p.quiet", fill(words.broken_detail, { detail: error.message })), notice));
  }
};

startPage();
