// Runs the page's engine outside the page: node engine.mjs ENGINE.js DATA.json, a record a line in, an answer a line out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [engineFile, dataFile] = process.argv.slice(2);
const names = ["makeEngine", "makeWhy", "parseExact", "Refused"];
const made = new Function(`"use strict";\n${readFileSync(engineFile, "utf8")}\nreturn { ${names} };`)();
const engine = made.makeEngine(JSON.parse(readFileSync(dataFile, "utf8")));
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
    regions: clash ? [] : why.regions(resolution),
    missing: outcome === "insufficient_data" ? why.missing(resolution) : [],
    irrelevant: clash ? [] : why.irrelevant(resolution),
    ask_next: asked && { fact: asked.fact, answers: asked.answers.map(({ answer, possible }) => ({ region: answer.region, possible })) },
    conflicts: why.conflicts(decision),
    assumptions: clash ? [] : resolution.used,
    reasons: decision.stated.conflicts.length ? [] : why.reasons(resolution),
    changes: decision.stated.conflicts.length ? [] : why.changes(resolution)
      .map(({ to, answers, about }) => ({ to, regions: answers.map((answer) => answer.region), about })),
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
    answer = { refused: error.field };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
