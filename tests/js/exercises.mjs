// Draws and words exercises outside the page: node exercises.mjs SCRIPT.js DATA.json, with [[seed, count], …] on standard input.
import { readFileSync } from "node:fs";

const [scriptFile, dataFile] = process.argv.slice(2);
const names = ["makeEngine", "makeWhy", "makeExercises"];
const made = new Function(`"use strict";\n${readFileSync(scriptFile, "utf8")}\nreturn { ${names} };`)();
const engine = made.makeEngine(JSON.parse(readFileSync(dataFile, "utf8")));
const exercises = made.makeExercises(engine, made.makeWhy(engine));

const worded = (exercise) => ({
  record: exercise.record, answer: exercise.answer, at_edge: exercise.edge, level: exercise.level, decided_by: exercise.decidedBy,
  case: exercises.caseOf(exercise.record), explanation: exercises.explain(exercise), read_from: exercises.readFrom(exercise),
});
const draws = JSON.parse(readFileSync(0, "utf8")).map(([seed, count]) => exercises.draw(seed, count).map((exercise) => exercises.pool.indexOf(exercise)));
process.stdout.write(JSON.stringify({ pool: exercises.pool.map(worded), draws }));
