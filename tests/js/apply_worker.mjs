// encender's own worker, one message at a time, with parameters as its engine takes them: a message between threads
// carries no classes.
import { parentPort } from "node:worker_threads";
import { parameter } from "./parameter.mjs";

await import("cql-worker/src/cql-worker-thread.js");
const handle = parentPort.onmessage;
let before = Promise.resolve();
parentPort.onmessage = (message) => {
  const given = message.data.parameters;
  for (const name of Object.keys(given ?? {})) given[name] = parameter(given[name]);
  before = before.then(() => handle(message));
};
