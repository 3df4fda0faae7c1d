// The marrow blast percentage: slider, exact text, and where it lies against the limit.

const makeMarrow = (engine, exercises, parts, fact, changed) => {
  const { data } = engine, { words, scale } = parts;
  const limit = String(scale.limit);
  const text = h("input.number", { type: "text", id: "percent", inputmode: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": "percent-hint percent-says", oninput: () => typed() });
  const slider = h("input", { type: "range", min: 0, max: 200, step: 1, "aria-label": words.slider_label, oninput: () => slid() });
  const [given, unknown] = ["given", "unknown"].map((value) => h("input", { type: "radio", name: fact.name, value, onchange: () => typed(value) }));
  const strip = h("div"), says = h("p.says", { id: "percent-says", "aria-live": "polite" });
  let stated = UNKNOWN;

  const typed = (choice = "given") => {
    if (choice === "given" && text.value.trim() === "" && document.activeElement !== text) text.value = limit;
    stated = choice === "unknown" || text.value.trim() === "" ? UNKNOWN : text.value.trim();
    show();
    changed();
  };

  const slid = () => {
    text.value = scale.value(slider.value / 2).toFixed(1).replace(/\.0$/, "");
    typed();
  };

  const read = () => {
    try {
      return { percent: stated === UNKNOWN ? null : readPercent(stated, fact.name, data.grades) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { problem: data.texts.problems[error.problem] };
    }
  };

  // The side that holds what is below the limit, and the other; the limit itself belongs to one of them.
  const [below, above] = [">", "<="].includes(scale.operator) ? ["<=", ">"] : ["<", ">="];
  const sideText = (operator) => fill(words.side[operator], { limit });
  const sideItem = (operator) => (operator.endsWith("=") ? fill(words.belongs, { side: sideText(operator), limit }) : sideText(operator));

  const sideWords = (percent) => {
    const isAbove = compare(percent, above, readNumber(limit, fact.name));
    const onLine = isExact(percent) && compare(percent, "==", readNumber(limit, fact.name));
    const form = onLine ? words.on_the_line : isAbove === null ? words.across_line : words.on_side;
    return fill(form, { limit, side: sideText(isAbove ? above : below) });
  };

  const show = () => {
    const { percent, problem } = read();
    (stated === UNKNOWN ? unknown : given).checked = true;
    text.setAttribute("aria-invalid", problem ? "true" : "false");
    says.className = problem ? "says problem" : "says";
    const measured = percent && { low: parts.number(percent.low), high: parts.number(percent.high), lowOpen: percent.lowOpen, highOpen: percent.highOpen };
    replace(strip, parts.strip(measured));
    slider.className = measured ? "" : "idle";
    if (measured) slider.value = Math.round(2 * scale.place((measured.low + measured.high) / 2));
    slider.setAttribute("aria-valuetext", exercises.valueText(fact.name, stated));
    says.textContent = problem ?? (percent ? unbroken(sideWords(percent)) : data.texts.not_known);
  };

  const set = (value) => {
    stated = value ?? UNKNOWN;
    text.value = stated === UNKNOWN ? "" : stated;
    show();
  };

  const element = h("fieldset.fact.marrow", {},
    h("legend", exercises.label(fact.name)), h("p.quiet", fact.question),
    h("div.pills", h("label", given, words.percent_value), h("label", unknown, data.texts.not_known)),
    h("label.field", { for: "percent" }, words.percent_label), text, h("p.quiet", { id: "percent-hint" }, words.percent_hint),
    h("div.scale", slider, strip, parts.ticks()),
    h("ul.sides", h("li", h("span.swatch.below"), sideItem(below)), h("li", h("span.swatch.above"), sideItem(above))),
    says);
  set(UNKNOWN);
  return { element, set, read, value: () => stated };
};
