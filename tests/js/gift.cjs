// Reads GIFT with an independent parser and writes what it understood: node gift.cjs < FILE
const { parse } = require("gift-pegjs");

process.stdout.write(JSON.stringify(parse(require("node:fs").readFileSync(0, "utf8"))));
