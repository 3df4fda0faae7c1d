// Translates a CQL library with the public translator, then evaluates it for each line of parameters on
// standard input with the public engine. Usage: node cql.mjs LIBRARY.cql < parameters.ndjson
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import cql from "cql-execution";
import { parameter } from "./parameter.mjs";
import { translate } from "./translate.mjs";

const executor = new cql.Executor(new cql.Library(translate(readFileSync(process.argv[2], "utf8"))));
for await (const line of createInterface({ input: process.stdin })) {
  const given = Object.fromEntries(Object.entries(JSON.parse(line)).map(([name, value]) => [name, parameter(value)]));
  executor.parameters = given;
  const results = await executor.exec(new cql.PatientSource([{ id: "1", resourceType: "Patient" }]));
  const all = { ...results.unfilteredResults, ...(results.patientResults["1"] ?? {}) };
  console.log(JSON.stringify({ outcome: all.Outcome, status: all.Status, possible: all.Possible, regions: all.Regions, possible_regions: all.PossibleRegions }));
}
