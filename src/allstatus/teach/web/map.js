// The decision map, and how sure a count of cells is.

const COUNTED = [200, 500], MOST_CELLS = 10_000; // cells of the two counts that are compared, and of the reader's own

const makeMap = (engine, exercises, parts, go) => {
  const { data, facts, factOf, whatIf } = engine, { words } = parts;
  const column = facts.find((fact) => fact.kind === "percent");
  const rows = data.map_rows.map((name) => factOf[name]);
  const sample = (fact, answer) => fact.values.find((value) => fact.criteria.every((criterion) => (value === criterion.operand) === (criterion.operator === "==") === answer.verdicts[criterion.name]));
  const regionText = (answer) => [...answer.region.matchAll(/(<=|>=|<|>|==|!=) (\S+)/g)].map(([, operator, limit]) => fill(words.side[operator] ?? "{limit} %", { limit })).join(", ");
  const rowsOf = rows.reduce((lists, fact) => lists.flatMap((list) => fact.classes.map((answer) => [...list, answer])), [[]]);

  const cell = (decision, answers, sides) => {
    const { possible, outcome } = whatIf(decision.resolution, ...answers).cell;
    const answer = outcome === "determined" ? possible[0] : outcome;
    const closed = decision.resolution.cell.completions ? decision.resolution.cell.closed : [];
    const here = answers.every(({ verdicts }) => Object.entries(verdicts).every(([name, held]) => closed[engine.place[name]] === held));
    const detail = outcome === "insufficient_data" ? h("span.detail", exercises.titles(possible)) : null;
    return h("td", h(`button.box.${parts.shade(answer)}${here ? ".here" : ""}`, { type: "button", "aria-current": here ? "true" : null, onclick: () => go(sides) },
      h("span.label", exercises.titleOf(answer)), detail, here && h("span.pin", words.here)));
  };

  const sideOf = (answers, columnAnswer, limit) => ({
    ...Object.fromEntries(answers.map((answer) => [answer.fact, sample(factOf[answer.fact], answer)])),
    [column.name]: Object.values(columnAnswer.verdicts)[0] ? String(Math.min(100, 4 * limit)) : String(limit),
  });

  const view = (decision) => {
    if (!column) return null;
    const head = column.classes.map((answer) => h("th", { scope: "col" }, regionText(answer)));
    const body = rowsOf.map((answers) => {
      const title = answers.map((answer) => [h("span.quiet", `${exercises.label(answer.fact)}: `), exercises.valueText(answer.fact, sample(factOf[answer.fact], answer))]);
      const cells = column.classes.map((answer) => cell(decision, [...answers, answer], sideOf(answers, answer, parts.scale.limit)));
      return h("tr", h("th", { scope: "row" }, title.map((line) => h("span.line", line))), cells);
    });
    return [h("table.map", h("caption.hidden", words.map_caption),
      h("thead", h("tr", h("td"), h("th", { scope: "colgroup", colspan: column.classes.length }, exercises.label(column.name))), h("tr", h("td"), head)), h("tbody", body)), legend()];
  };

  const legend = () => h("ul.legend", { "aria-label": words.legend }, Object.entries(data.choices).map(([name, title]) => h("li", h(`span.swatch.${parts.shade(name)}`), title)));

  const counting = (percent) => {
    const limit = parts.scale.limit;
    const share = percent && isExact(percent) ? parts.number(percent.low) : limit;
    const own = percent?.cells && percent.cells <= MOST_CELLS && isExact(percent) ? [percent.cells] : [];
    const rowsOfCells = [...new Set([...own, ...COUNTED])].map((cells) => {
      const blasts = Math.round((share * cells) / 100), [low, high] = binomialInterval(blasts, cells);
      const spans = low <= limit && limit < high;
      return h("li", h("p", fill(words.counting_row, { blasts, cells, low, high }), ", ", fill(spans ? words.counting_spans : words.counting_one, { limit })),
        h("div.scale", parts.strip({ low, high })));
    });
    return h("div", h("ul.counts", rowsOfCells), h("div.scale", parts.ticks()));
  };

  return { view, counting };
};
