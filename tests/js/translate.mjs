// CQL to ELM by the public translator, with CQL's own types and no others.
import { createRequire } from "node:module";

globalThis.require = createRequire(import.meta.url); // the translator looks for it
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, stringAsSource } =
  await import("@cqframework/cql/cql-to-elm");

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

export function translate(text) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "System" ? stringAsSource(SYSTEM) : null)),
  );
  const elm = JSON.parse(CqlTranslator.fromText(text, new LibraryManager(models)).toJson());
  const errors = (elm.library.annotation ?? []).filter((note) => note.errorSeverity === "error");
  if (errors.length) throw new Error(errors.map((note) => `line ${note.startLine}: ${note.message}`).join("\n"));
  return elm;
}
