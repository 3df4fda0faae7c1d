// Translates a CQL library with the public translator, then evaluates it for each line of parameters on
// standard input with the public engine. Usage: node cql.mjs LIBRARY.cql < parameters.ndjson
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";

globalThis.require = createRequire(import.meta.url); // the translator looks for it
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, stringAsSource } =
  await import("@cqframework/cql/cql-to-elm");
const cql = (await import("cql-execution")).default;

// CQL's own types, which the translator asks for as a model
const SIMPLE = ["Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time"];
const CLASSES = {
  Quantity: { value: "Decimal", unit: "String" },
  Ratio: { numerator: "Quantity", denominator: "Quantity" },
  Code: { code: "String", system: "String", version: "String", display: "String" },
  Concept: { display: "String" },
  Vocabulary: { id: "String", version: "String", name: "String" },
  CodeSystem: {},
  ValueSet: {},
};
const BASE = { CodeSystem: "Vocabulary", ValueSet: "Vocabulary" };
const type = (kind, name, base, inner = "") =>
  `<m:typeInfo xsi:type="m:${kind}" name="${name}"${base ? ` baseType="System.${base}"` : ""}>${inner}</m:typeInfo>`;
const elements = (fields) =>
  Object.entries(fields).map(([name, of]) => `<m:element name="${name}" type="System.${of}"/>`).join("");
const SYSTEM = `<?xml version="1.0" encoding="UTF-8"?>
<m:modelInfo name="System" version="1.0.0" url="urn:hl7-org:elm-types:r1" targetQualifier="system"
  xmlns:m="urn:hl7-org:elm-modelinfo:r1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
${type("SimpleTypeInfo", "Any")}
${SIMPLE.map((name) => type("SimpleTypeInfo", name, "Any")).join("\n")}
${Object.entries(CLASSES).map(([name, of]) => type("ClassInfo", name, BASE[name] ?? "Any", elements(of))).join("\n")}
</m:modelInfo>`;

function translate(text) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "System" ? stringAsSource(SYSTEM) : null)),
  );
  const elm = JSON.parse(CqlTranslator.fromText(text, new LibraryManager(models)).toJson());
  const errors = (elm.library.annotation ?? []).filter((note) => note.errorSeverity === "error");
  if (errors.length) throw new Error(errors.map((note) => `line ${note.startLine}: ${note.message}`).join("\n"));
  return elm;
}

const parameter = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? new cql.Interval(value.low, value.high, value.lowClosed, value.highClosed)
    : value;

const executor = new cql.Executor(new cql.Library(translate(readFileSync(process.argv[2], "utf8"))));
for await (const line of createInterface({ input: process.stdin })) {
  const given = Object.fromEntries(Object.entries(JSON.parse(line)).map(([name, value]) => [name, parameter(value)]));
  executor.parameters = given;
  const results = await executor.exec(new cql.PatientSource([{ id: "1", resourceType: "Patient" }]));
  const all = { ...results.unfilteredResults, ...(results.patientResults["1"] ?? {}) };
  console.log(JSON.stringify({ outcome: all.Outcome, status: all.Status, possible: all.Possible, regions: all.Regions }));
}
