// Elements, and the words every view shares.

// A text in which no line ends between a number and its percent sign; what is no text stays as it is.
const unbroken = (child) => child.replace?.(/(\d) %/g, "$1\u00a0%") ?? child;

// h("p.quiet", { id: "x" }, "text"): the attributes may be left out.
const h = (tag, ...parts) => {
  const [name, ...classes] = tag.split("."), attributes = parts[0]?.constructor === Object ? parts.shift() : {};
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...parts.flat(Infinity).filter((child) => child != null && child !== false).map(unbroken));
  return element;
};

const replace = (element, ...children) => element.replaceChildren(...children.flat(Infinity).filter(Boolean));

const MARKS = new Map([[true, ["✓", "true"]], [false, ["✗", "false"]], [null, ["?", "unknown"]], [undefined, ["–", "untried"]]]);

const makeParts = (engine, exercises) => {
  const { data } = engine, words = data.texts.page;
  const names = Object.keys(data.choices);

  const mark = (verdict) => {
    const [sign, name] = MARKS.get(verdict);
    return h(`span.mark.${name}`, h("span", { "aria-hidden": "true" }, sign), h("span.hidden", `${words.verdicts[String(verdict)]}: `));
  };

  const shade = (answer) => `shade-${names.indexOf(answer)}`;
  const cite = (section, reading) =>
    h("span.quiet", reading && [words.readings[reading], ". "], fill(words.section, { section }));

  // What is known; facts that were `carried` over from an earlier point say so.
  const caseList = (record, carried = []) => {
    const before = carried.map(exercises.label);
    return h("dl.case", exercises.caseOf(record).map(([label, value]) =>
      h("div", h("dt", label), h("dd", value, before.includes(label) && h("span.quiet.carried", words.carried)))));
  };

  // A scale from 0 to 100 % on which both sides of the limit have room: its first half reaches twice the limit.
  const marrow = data.facts.find((fact) => fact.kind === "percent")?.name;
  const named = ({ criterion, children = [] }) => [criterion, ...children.flatMap(named)];
  const ofRemission = data.statuses.filter((status) => status.remission).flatMap((status) => status.clauses.flatMap(named));
  const compared = data.criteria.filter((criterion) => criterion.fact === marrow).sort((a, b) => ofRemission.includes(b.name) - ofRemission.includes(a.name))[0];
  const limit = Number(compared?.limit ?? 50);
  const scale = {
    limit, operator: compared?.operator ?? ">",
    place: (percent) => (percent <= 2 * limit ? (25 * percent) / limit : 50 + (50 * (percent - 2 * limit)) / (100 - 2 * limit)),
    value: (place) => (place <= 50 ? (place * limit) / 25 : 2 * limit + ((place - 50) * (100 - 2 * limit)) / 50),
  };

  const at = (element, left, width) => {
    element.style.left = `${left}%`;
    if (width !== undefined) element.style.width = `${width}%`;
    return element;
  };

  const number = ({ n, d }) => Number((n * 10n ** 6n) / d) / 1e6;

  // The strip with its two sides, and what is measured on it (numbers in percent).
  const strip = (measured) => {
    const parts = [at(h("div.side.below"), 0, scale.place(limit)), at(h("div.side.above"), scale.place(limit), 100 - scale.place(limit)), at(h("div.limit"), scale.place(limit))];
    if (measured) {
      const [low, high] = [scale.place(measured.low), scale.place(measured.high)];
      parts.push(at(h("div.measured"), low, high - low), at(h(`div.end${measured.lowOpen ? ".open" : ""}`), low), at(h(`div.end${measured.highOpen ? ".open" : ""}`), high));
    }
    return h("div.strip", { "aria-hidden": "true" }, parts);
  };

  const ticks = () => h("div.ticks", { "aria-hidden": "true" }, [0, limit, 2 * limit, 50, 100].map((tick) => at(h(`span${tick === limit ? ".on" : ""}`, `${tick}`), scale.place(tick))));

  // By which seed to draw exercises, and how many: the fields, and what is drawn by them.
  const makeDraw = (prefix = "") => {
    const field = (name, text, min, max, value) => {
      const input = h("input.number", { type: "number", id: prefix + name, min, max, step: 1, value });
      return { input, element: h("div", h("label", { for: prefix + name }, text), input) };
    };
    const seed = field("seed", words.seed, 0, 4294967295, 1), count = field("count", words.count, 1, exercises.pool.length, 10);
    return { seed: seed.input, fields: [seed.element, count.element], cases: () => exercises.draw(seed.input.value, count.input.value) };
  };

  const source = () => {
    const { id, version, digest, source: page, notice } = data.ruleset;
    return [
      fill(words.source, { title: page.title, reviewed: page.last_reviewed, id, version, digest: digest.slice(0, 12) }), " ", notice,
    ];
  };

  return { words, mark, shade, cite, caseList, scale, strip, ticks, number, makeDraw, source };
};
