// Decides a history with a page's engine: node history.mjs PAGE.html, texts as a JSON list in, what became of each out.
import { readFileSync } from "node:fs";
import { loadPage } from "./page_script.mjs";

const made = loadPage(process.argv[2], ["makeEngine", "readHistory", "writeHistory", "decideHistory", "RefusedHistory"]);
const engine = made.makeEngine(made.data);

const tell = (history) => made.decideHistory(engine, history).map(({ when, decision, remission, carried }) => (
  { date: when, outcome: decision.outcome, status: decision.status, possible: decision.possible, remission_number: remission, carried }));

const outcome = (text) => {
  try {
    const history = made.readHistory(engine, text), points = tell(history);
    const again = history.carry ? tell(made.readHistory(engine, made.writeHistory(history))) : points;
    return { points, again };
  } catch (error) {
    if (!(error instanceof made.RefusedHistory)) throw error;
    return { problem: error.problem, number: error.number, field: error.field };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(outcome)));
