// Draws and words a page's exercises outside a browser: node exercises.mjs PAGE.html, with [[seed, count], …] on standard input.
import { readFileSync } from "node:fs";
import { loadPage } from "./page_script.mjs";

const made = loadPage(process.argv[2], ["makeEngine", "makeWhy", "makeExercises"]);
const engine = made.makeEngine(made.data);
const exercises = made.makeExercises(engine, made.makeWhy(engine));

const worded = (exercise) => ({
  record: exercise.record, answer: exercise.answer, at_edge: exercise.edge, level: exercise.level, decided_by: exercise.decidedBy,
  case: exercises.caseOf(exercise.record), explanation: exercises.explain(exercise), read_from: exercises.readFrom(exercise),
  why_not: Object.fromEntries(Object.keys(made.data.choices).filter((name) => name !== exercise.answer)
    .map((name) => [name, exercises.whyNot(exercise, name, engine.decide(exercise.record))])),
});
const draws = JSON.parse(readFileSync(0, "utf8")).map(([seed, count]) => exercises.draw(seed, count).map((exercise) => exercises.pool.indexOf(exercise)));
process.stdout.write(JSON.stringify({ pool: exercises.pool.map(worded), draws }));
