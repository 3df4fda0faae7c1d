// Intervals by a page's own arithmetic: node counting.mjs PAGE.html, numbers of cells as a JSON list in, every interval of each out.
import { readFileSync } from "node:fs";
import { loadPage } from "./page_script.mjs";

const { binomialInterval } = loadPage(process.argv[2], ["binomialInterval"]);
const every = (cells) => Array.from({ length: cells + 1 }, (_, blasts) => binomialInterval(blasts, cells));
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(every)));
