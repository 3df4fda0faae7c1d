// Runs a DMN decision table with public packages: dmn-moddle reads the model by the standard's own metamodel, feelin is the
// FEEL interpreter. Usage: node dmn.mjs MODEL < contexts.ndjson > answers.ndjson
// Hit policy UNIQUE is held to: two rows that match, or none, are an error, and so is whatever dmn-moddle warns of.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { DmnModdle } from "dmn-moddle";
import { evaluate, unaryTest } from "feelin";

const { rootElement, warnings } = await new DmnModdle().fromXML(readFileSync(process.argv[2], "utf8"), "dmn:Definitions");
if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join("\n"));
const decisions = rootElement.drgElement.filter((element) => element.$type === "dmn:Decision");
if (decisions.length !== 1) throw new Error(`${decisions.length} decisions`);
const [{ decisionLogic: table }] = decisions;
if (table.hitPolicy !== "UNIQUE") throw new Error(`hit policy ${table.hitPolicy}`);

const tests = new Map();
const matches = (entry, value) => {
  const key = `${entry}\n${value}`;
  if (!tests.has(key)) tests.set(key, entry === "-" || unaryTest(entry, { "?": value }).value === true);
  return tests.get(key);
};

const literals = new Map();
const literal = (text) => {
  if (!literals.has(text)) literals.set(text, evaluate(text).value);
  return literals.get(text);
};

function decide(context) {
  const words = table.input.map(({ inputExpression, inputValues }) => {
    const { value } = evaluate(inputExpression.text, context);
    if (!matches(inputValues.text, value)) throw new Error(`${value} is none of ${inputValues.text}`);
    return value;
  });
  const hits = table.rule.filter((rule) => rule.inputEntry.every((entry, place) => matches(entry.text, words[place])));
  if (hits.length !== 1) throw new Error(`${hits.length} rows match ${words}`);
  return Object.fromEntries(table.output.map(({ name }, place) => [name, literal(hits[0].outputEntry[place].text)]));
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(decide(JSON.parse(line))));
