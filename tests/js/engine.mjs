// Runs a page's engine outside a browser: node engine.mjs PAGE.html, a record a line in, an answer a line out.
import { createInterface } from "node:readline";
import { loadPage } from "./page_script.mjs";

const made = loadPage(process.argv[2], ["makeEngine", "makeWhy", "parseExact", "Refused"]);
const engine = made.makeEngine(made.data);
const why = made.makeWhy(engine);

const explain = (decision) => {
  const { outcome, resolution } = decision;
  const clash = outcome === "conflicting_data";
  const verdicts = {};
  const note = (node) => {
    verdicts[node.path] = [node.verdict, node.decisive];
    node.children.forEach(note);
  };
  why.trace(resolution).forEach((status) => status.clauses.forEach(note));
  const asked = outcome === "insufficient_data" ? why.askNext(resolution) : null;
  return {
    outcome, status: decision.status, possible: decision.possible,
    options: decision.status ? (engine.data.options[decision.status] ?? []).map((option) => option.id) : [],
    regions: clash ? [] : why.regions(resolution),
    possible_regions: clash ? [] : why.possibleRegions(resolution),
    missing: outcome === "insufficient_data" ? why.missing(resolution) : [],
    irrelevant: clash ? [] : why.irrelevant(resolution),
    ask_next: asked && { fact: asked.fact, answers: asked.answers.map(({ answer, possible }) => ({ region: answer.region, possible })) },
    conflicts: why.conflicts(decision),
    assumptions: clash ? [] : resolution.used,
    reasons: decision.stated.conflicts.length ? [] : why.reasons(resolution),
    changes: decision.stated.conflicts.length ? [] : why.changes(resolution)
      .map(({ to, answers, about }) => ({ to, regions: answers.map((answer) => answer.region), about })),
    away: clash ? [] : why.answersAway(resolution).map(({ to, answers }) => ({ to, regions: answers.map((answer) => answer.region) })),
    why_not: clash ? [] : why.whyNot(resolution)
      .map(({ status, failing, together, waitingFor }) => ({ status, failing: failing.map((node) => node.path), together, waiting_for: waitingFor })),
    verdicts,
    elsewhere: clash || !decision.stated.values[engine.data.others.fact] ? []
      : why.others(decision.stated.values[engine.data.others.fact]).filter((other) => other.differs).map((other) => other.id).sort(),
  };
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = explain(engine.decide(made.parseExact(line)));
  } catch (error) {
    if (!(error instanceof made.Refused)) throw error;
    answer = { outcome: "invalid_record", status: null, possible: [], regions: [], possible_regions: [], options: [], missing: [], reasons: [], field: error.field };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
