// Applies a PlanDefinition with encender, for each line of parameters on standard input: the actions that apply, each with
// the titles of those in it. Usage: node apply.mjs PlanDefinition.json Library.json < parameters.ndjson
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { applyPlan, simpleResolver } from "encender";
import { translate } from "./translate.mjs";

const [plan, library] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
const cql = library.content.find((part) => part.contentType === "text/cql").data;
const elm = translate(Buffer.from(cql, "base64").toString("utf8"));
const worker = new URL("./apply_worker.mjs", import.meta.url);

for await (const line of createInterface({ input: process.stdin })) {
  const resolver = simpleResolver([{ resourceType: "Patient", id: "1" }, plan], true);
  const [, group] = await applyPlan(plan, "Patient/1", resolver, {
    elmJsonDependencies: { [plan.id]: elm },
    valueSetJson: {},
    cqlParameters: JSON.parse(line),
    isNodeJs: true,
    WorkerFactory: () => new Worker(worker),
  });
  const titles = (actions) => (actions ?? []).map((action) => action.title);
  console.log(JSON.stringify((group.action ?? []).map((action) => ({ title: action.title, lists: titles(action.action) }))));
}
