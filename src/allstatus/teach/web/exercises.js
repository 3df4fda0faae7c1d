// Exercises drawn by a seed and put into words, in the same way as allstatus quiz does. No page needed.

const fill = (form, parts) => form.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
const LEVELS = ["easy", "medium", "hard"];

function* randomNumbers(seed) {
  let state = seed >>> 0;
  for (;;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

const draw = (pool, seed, count) => {
  const numbers = randomNumbers(seed), groups = new Map();
  const take = (items) => items.splice(Math.floor((numbers.next().value * items.length) / 2 ** 32), 1)[0];
  const group = (answer, edge) => groups.get(`${answer} ${edge}`) ?? [];
  for (const exercise of pool) groups.set(`${exercise.answer} ${exercise.edge}`, [...group(exercise.answer, exercise.edge), exercise]);
  const names = [...new Set(pool.map((exercise) => exercise.answer))], answers = [], drawn = [];
  while (names.length) answers.push(take(names));
  for (let turn = 0; drawn.length < Math.min(count, pool.length); turn += 1) {
    const answer = answers[turn % answers.length], edge = (turn + Math.floor(turn / answers.length)) % 2 === 0;
    const left = [group(answer, edge), group(answer, !edge)].find((items) => items.length);
    if (left) drawn.push(take(left));
  }
  return drawn.sort((a, b) => a.level - b.level);
};

const makeExercises = (engine, why) => {
  const { data, facts, factOf } = engine, words = data.texts;

  const value = (fact, code) => {
    if (code === "?") return UNKNOWN;
    if (code === "-") return null;
    return fact.kind === "percent" ? code : fact.kind === "yes_no" ? code === 1 : fact.values[code];
  };

  const recordOf = (codes) => Object.fromEntries(codes.map((code, number) => [facts[number].name, value(facts[number], code)]));
  const pool = data.pool.map(([codes, answer, decided, edge, level]) => (
    { record: recordOf(codes), answer: data.answers[answer], decidedBy: facts[decided].name, edge: edge === 1, level }));

  const answerOf = (decision) => decision.status ?? decision.outcome;
  const titleOf = (answer) => data.choices[answer];
  const titles = (possible) => Object.keys(data.choices).filter((name) => possible.includes(name)).map((name) => words.in_a_sentence[name] ?? titleOf(name)).join(words.or);
  const label = (name) => words.facts[name]?.label ?? name.replaceAll("_", " ");

  const percentText = (text) => {
    const count = /^(\d+)\s*\/\s*(\d+)$/.exec(text);
    if (count) return fill(words.percent.count, { blasts: count[1], cells: count[2] });
    if (text.toUpperCase() in data.grades) return fill(words.percent.grade, { text });
    return text.endsWith("%") ? text : fill(words.percent.plain, { text });
  };

  const valueText = (name, stated) => {
    const fact = factOf[name];
    if (stated === null || stated === undefined || stated === UNKNOWN) return stated === UNKNOWN || !fact.assume ? words.not_known : words.not_reported;
    return fact.kind === "percent" ? percentText(stated) : words.facts[name]?.values?.[stated] ?? String(stated).replaceAll("_", " ");
  };

  const caseOf = (record) => facts.map((fact) => [label(fact.name), valueText(fact.name, record[fact.name])]);

  const reasonsOf = (decision) => {
    if (decision.outcome === "determined") return [decision.status];
    if (decision.outcome === OUTSIDE) return why.regions(decision.resolution);
    if (decision.outcome === "insufficient_data") return why.missing(decision.resolution);
    return [...new Set(why.conflicts(decision).map((entry) => entry.constraint))];
  };
  const headline = (decision, level) => fill(data.headlines[decision.outcome][level], { title: decision.status && titleOf(decision.status) });
  const messages = (decision, level) => reasonsOf(decision).map((reason) => data.says[decision.outcome][reason][level]);
  const assumed = (decision) => (decision.outcome === "conflicting_data" ? [] : decision.resolution.used.map((name) => factOf[name].assume.because));

  const decidedLine = (exercise, decision) => {
    const forms = words.exercise, name = exercise.decidedBy;
    if (decision.outcome === "insufficient_data") return fill(forms.asked, { fact: label(name) });
    if (decision.outcome === "conflicting_data") {
      const clashing = [...new Set(why.conflicts(decision).flatMap((entry) => entry.facts))];
      return fill(forms.clash, { facts: clashing.map((fact) => `${label(fact)} (${valueText(fact, exercise.record[fact])})`).join(", ") });
    }
    return fill(forms.decided, { fact: label(name), value: valueText(name, exercise.record[name]) });
  };

  const otherwise = (exercise, decision) => {
    if (decision.outcome === "conflicting_data") return [];
    return factOf[exercise.decidedBy].classes.flatMap((answer) => {
      const { possible } = engine.whatIf(decision.resolution, answer).cell;
      const changes = possible.length && String(possible) !== String(decision.possible);
      return changes ? [fill(words.exercise.otherwise, { words: answer.words, outcomes: titles(possible) })] : [];
    });
  };

  const explain = (exercise) => {
    const decision = engine.decide(exercise.record);
    const said = decision.outcome !== "insufficient_data" ? messages(decision, "student")
      : [fill(words.exercise.possible, { outcomes: titles(decision.possible) }), data.says.insufficient_data[exercise.decidedBy].student];
    return [
      `${headline(decision, "student")}.`, ...said, ...assumed(decision).map((because) => fill(words.exercise.assumed, { because })),
      decidedLine(exercise, decision), ...otherwise(exercise, decision),
    ];
  };

  const sections = (exercise) => {
    const status = data.statuses.filter(({ name }) => name === exercise.answer).map(({ section }) => section);
    return [...new Set([...status, ...factOf[exercise.decidedBy].criteria.map(({ section }) => section)])];
  };

  // A section's first and last headings.
  const shortened = (section) => [...new Set([section.split(" > ")[0], section.split(" > ").at(-1)])].join(" > ");
  const readFrom = (exercise) => fill(words.exercise.sections, { sections: sections(exercise).map(shortened).join("; ") });

  return { pool, recordOf, readFrom, draw: (seed, count) => draw(pool, seed, count), answerOf, titleOf, titles, label, valueText, caseOf, headline, messages, assumed, explain, sections };
};
