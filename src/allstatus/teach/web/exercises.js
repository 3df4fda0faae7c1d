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
  const { data, facts, factOf } = engine, words = data.texts, answers = Object.keys(data.choices);

  const value = (fact, letter, numbers) => {
    if (letter === "?") return UNKNOWN;
    if (letter === "-") return null;
    if (letter === "%") return fact.kind === "number" ? new ExactNumber(numbers.shift()) : numbers.shift();
    return fact.kind === "yes_no" ? letter === "1" : fact.values[parseInt(letter, 36)];
  };

  // Cases as they are embedded: a letter for each fact, `more` letters about the case, then its numbers.
  const unpack = (packed, more) => (packed ? packed.split("|") : []).map((text) => {
    const end = facts.length + more, numbers = text.slice(end).split(";");
    const record = Object.fromEntries(facts.map((fact, number) => [fact.name, value(fact, text[number], numbers)]));
    return { record, about: [...text.slice(facts.length, end)].map((letter) => parseInt(letter, 36)) };
  });
  // Exercises in groups: each begins with a letter for the answer, the edge and the level of all in it.
  const pool = data.pool.split("~").filter(Boolean).flatMap(([answer, edge, level, ...packed]) => unpack(packed.join(""), 1).map(({ record, about: [decided] }) => (
    { record, answer: answers[answer], decidedBy: facts[decided].name, edge: edge === "1", level: Number(level) })));
  // Records with the answer Python gave, null where it refused.
  const vectors = data.vectors.flatMap(({ record: packed, fact, answers: given }) => unpack(packed, 0).flatMap(({ record }) => (
    data.spellings[fact].split("|").map((text, number) => ({ record: { ...record, [fact]: text }, answer: answers[parseInt(given[number], 36)] ?? null })))));

  const tries = Object.fromEntries(Object.entries(data.tries).map(([name, packed]) => [name, unpack(packed, 0)[0].record]));

  const answerOf = (decision) => decision.status ?? decision.outcome;
  const titleOf = (answer) => data.choices[answer];
  const titles = (possible) => Object.keys(data.choices).filter((name) => possible.includes(name)).map((name) => words.in_a_sentence[name] ?? titleOf(name)).join(words.or);
  const label = (name) => words.facts[name]?.label ?? factOf[name]?.label ?? name.replaceAll("_", " ");

  const percentText = (text) => {
    const count = /^(\d+)\s*\/\s*(\d+)$/.exec(text);
    if (count) return fill(words.percent.count, { blasts: count[1], cells: count[2] });
    if (text.toUpperCase() in data.grades) return fill(words.percent.grade, { text });
    return text.endsWith("%") ? text : fill(words.percent.plain, { text });
  };

  // A number as a record states it, from what was typed.
  const numberOf = (fact, text) => (fact.kind === "number" && /^[-+]?\d+(\.\d+)?$/.test(text) ? new ExactNumber(text) : text);

  const wordOf = (name, value) => words.yes_no[value] ?? words.facts[name]?.values?.[value] ?? String(value).replaceAll("_", " ");

  // A percentage that says more than a text: its comparator, its unit, the cells that were counted.
  const percentObject = ({ value, comparator, unit, cells_counted: cells }) => {
    const text = `${comparator ?? ""}${value.text ?? value}`;
    return (unit === "1" ? fill(words.percent.of_one, { text }) : percentText(text)) + (cells ? fill(words.percent.counted, { cells: cells.text ?? cells }) : "");
  };

  // A list of findings, or the places where leukemia was found.
  const foundText = (fact, found) => {
    const names = [fact.sites ? found.site : found].flat(), word = wordOf(fact.name, names.length ? fact.findings.some : fact.findings.none);
    return names.length ? `${word} (${names.map((name) => (fact.sites ? words.sites[name] : name)).join(", ")})` : word;
  };

  const valueText = (name, stated) => {
    const fact = factOf[name];
    if (stated === null || stated === undefined || stated === UNKNOWN) return stated === UNKNOWN || !fact.assume ? words.not_known : words.not_reported;
    if (fact.kind === "number") return String(stated.text ?? stated);
    if (stated instanceof ExactNumber || fact.kind === "percent") return typeof stated === "string" ? percentText(stated) : stated.text ? percentText(stated.text) : percentObject(stated);
    return typeof stated === "object" ? foundText(fact, stated) : wordOf(name, stated);
  };

  const caseOf = (record) => facts.map((fact) => [label(fact.name), valueText(fact.name, record[fact.name])]);

  const reasonsOf = (decision) => {
    if (decision.outcome === "determined") return [decision.status];
    if (decision.outcome === OUTSIDE) return why.regions(decision.resolution);
    if (decision.outcome === "insufficient_data") return why.missing(decision.resolution);
    return [...new Set(why.conflicts(decision).map((entry) => entry.constraint))];
  };
  // What is said to a reader: one text, or one for each level.
  const atLevel = (said, level) => (Array.isArray(said) ? said[data.levels.indexOf(level)] ?? said.at(-1) : said);
  const headline = (decision, level) => fill(atLevel(data.headlines[decision.outcome], level), { title: decision.status && titleOf(decision.status) });
  // Whether the value a criterion compares lies at its limit or at most a point from it.
  const isNear = ({ stated }, name) => {
    const { fact, limit } = engine.criteria[engine.place[name]], value = stated.values[fact];
    if (!value || order(value.low, value.high) !== 0) return false;
    const away = value.low.n * limit.d - limit.n * value.low.d;
    return (away < 0n ? -away : away) <= value.low.d * limit.d;
  };
  // What is said of one reason: the phrases that hold by what was stated.
  const message = (decision, level, reason) => [atLevel(data.says[decision.outcome][reason], level)].flat()
    .filter(({ when, near }) => (!when || !(decision.resolution.stated.completions & ~engine.cases(when))) && (!near || isNear(decision, near)))
    .map((phrase) => phrase.text ?? phrase).join(" ");
  const messages = (decision, level) => reasonsOf(decision).map((reason) => message(decision, level, reason));
  // What introduces the undescribed cases this may be, and a message for each; null where none is open.
  const mayBe = (decision, level) => {
    const open = decision.outcome === OUTSIDE ? why.possibleRegions(decision.resolution) : [];
    if (!open.length) return null;
    const names = [...new Set(open.flatMap(({ dependsOn }) => dependsOn))], besides = why.regions(decision.resolution).length ? "besides" : "alone";
    const form = atLevel(data.may_be[besides], level);
    return { intro: fill(form, { facts: names.map((name) => within(label(name))).join(words.page.and) }), said: open.map(({ name }) => message(decision, level, name)) };
  };
  const assumed = (decision) => (decision.outcome === "conflicting_data" ? [] : decision.resolution.used.map((name) => factOf[name].assume.because));

  const statedIn = ({ record }, names) => names.map((fact) => `${label(fact)} (${valueText(fact, record[fact])})`).join(", ");
  const clashing = (decision) => [...new Set(why.conflicts(decision).flatMap((entry) => entry.facts))];

  const decidedLine = (exercise, decision) => {
    const forms = words.exercise;
    if (decision.outcome === "insufficient_data") return fill(forms.asked, { fact: label(exercise.decidedBy) });
    if (decision.outcome === "conflicting_data") return fill(forms.clash, { facts: statedIn(exercise, clashing(decision)) });
    return fill(forms.decided, { facts: statedIn(exercise, why.reasons(decision.resolution)[0]) });
  };

  // What is so in a case where a clause of a definition asks for something else.
  const opposite = ({ record }, { resolution }, { kind, criterion, path }) => {
    if (!criterion) return fill(words.exercise.wrong.already, { title: titleOf(path.split(".").at(-1)) });
    const { fact, limit, title, otherwise } = engine.criteria[engine.place[criterion]], text = kind === "not" ? title : otherwise;
    const value = record[fact] ?? null, seen = valueText(fact, value), because = why.followsFrom(resolution, criterion).join(words.page.and);
    if (because) return fill(words.follows, { words: within(text), because });
    if (value === null) return within(text) + (resolution.used.includes(fact) ? ` (${fill(words.page.assumed_value, { value: seen })})` : "");
    return within(text) + (limit === null ? "" : ` (${seen})`);
  };

  // What speaks against a choice that is not the answer.
  const whyNot = (exercise, chosen, decision) => {
    const { outcome, possible, resolution } = decision, forms = words.exercise.wrong, list = (names) => names.map(label).join(", ");
    if (outcome === "conflicting_data") return fill(forms.clash, { facts: statedIn(exercise, clashing(decision)) });
    if (chosen === "conflicting_data") return forms.no_clash;
    if (chosen === "insufficient_data") {
      const idle = why.irrelevant(resolution);
      return forms.enough + (idle.length ? ` ${fill(forms.idle, { facts: list(idle) })}` : "");
    }
    if (possible.includes(chosen)) return fill(forms.open, { others: titles(possible.filter((name) => name !== chosen)), facts: list(why.missing(resolution)) });
    if (chosen === OUTSIDE) return fill(outcome === "determined" ? forms.fits : forms.one_fits, { title: titles(possible) });
    const entry = why.whyNot(resolution).find(({ status }) => status === chosen), title = titleOf(chosen);
    return entry.together ? fill(forms.never, { title }) : fill(forms.against, { title, because: entry.failing.map((node) => opposite(exercise, decision, node)).join("; ") });
  };

  const otherwise = (exercise, decision) => {
    if (decision.outcome === "conflicting_data") return [];
    return factOf[exercise.decidedBy].classes.flatMap((answer) => {
      const { possible } = engine.whatIf(decision.resolution, answer).cell;
      const changes = possible.length && String(possible) !== String(decision.possible);
      return changes ? [fill(words.exercise.otherwise, { words: why.answerWords(decision.resolution, answer), outcomes: titles(possible) })] : [];
    });
  };

  // Why, for students, in parts; an exercise turns on one fact, a point of a history may have several.
  const explainParts = (exercise, decision = engine.decide(exercise.record)) => ({
    headline: `${headline(decision, "student")}.`,
    said: decision.outcome !== "insufficient_data" || !exercise.decidedBy ? messages(decision, "student")
      : [fill(words.exercise.possible, { outcomes: titles(decision.possible) }), message(decision, "student", exercise.decidedBy)],
    assumed: assumed(decision).map((because) => fill(words.exercise.assumed, { because })),
    decided: exercise.decidedBy ? [decidedLine(exercise, decision)] : [],
    otherwise: exercise.decidedBy ? otherwise(exercise, decision) : [],
  });
  const explain = (exercise) => Object.values(explainParts(exercise)).flat();

  const sections = (exercise) => {
    const status = engine.statuses.filter(({ name }) => name === exercise.answer).map(({ section }) => section);
    return [...new Set([...status, ...factOf[exercise.decidedBy].criteria.map(({ section }) => section)])];
  };

  const readFrom = (exercise) => fill(words.exercise.sections, { sections: sections(exercise).join("; ") });

  return { pool, vectors, tries, atLevel, readFrom, draw: (seed, count) => draw(pool, Math.abs(Math.trunc(Number(seed))) || 0, Math.max(1, Math.trunc(Number(count)) || 1)), answerOf, titleOf, titles, label, valueText, numberOf, caseOf, headline, message, messages, mayBe, assumed, explain, explainParts, whyNot };
};
