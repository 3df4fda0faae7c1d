// A whole port of the rules in one file of plain JavaScript: exact, honest about what is unknown, and explaining.
// It holds no rule of its own; `allstatus rules export --format json > rules.json` writes the rules it reads.
// Usage: node allstatus.mjs rules.json [applicability.json] < records.ndjson > answers.ndjson
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Decimal, exact, parse, readNumber, readPercent, Refused, wholeFrom } from "./percent.mjs";
import { Uses } from "./uses.mjs";

const KEYS = [
  "id", "as_of", "age_years", "sex", "diagnosis", "prior_treatment", "prior_remission", "relapse_since_remission", "relapse_count",
  "refractory", "tki_failures", "cbc", "marrow_blast_percent", "marrow_cellularity", "signs_and_symptoms", "leukemia_outside_marrow",
  "biomarkers", "lineage",
];
const SITES = ["blood", "cns", "testes", "other"];
const OUTSIDE = "outside_definitions";
const NOTHING = { outcome: null, status: null, possible: [], regions: [], possible_regions: [], options: [], missing: [], reasons: [] };

export class Port {
  constructor(rules, uses) {
    this.rules = rules;
    this.uses = uses && new Uses(uses);
    this.criteria = Object.entries(rules.criteria);
    this.facts = Object.keys(rules.facts);
    this.asked = Object.fromEntries(this.facts.map((fact) => [fact, this.placesOf(fact)]));
    this.assumable = new Map(rules.assumptions.map((assumption) => [assumption.fact, assumption]));
  }

  answer(record) {
    try {
      const answer = this.explain(...this.read(record));
      return this.uses && answer.status ? { ...answer, ...this.uses.answer(record, answer.status) } : answer;
    } catch (error) {
      if (error instanceof Contradiction) return { ...NOTHING, outcome: "conflicting_data" };
      if (!(error instanceof Refused)) throw error;
      return { ...NOTHING, outcome: "invalid_record" };
    }
  }

  // The verdict of each criterion (null: not known), and the facts that were not reported.
  read(record) {
    for (const key of Object.keys(record)) if (![...KEYS, ...this.facts].includes(key)) throw new Refused(key);
    const codes = [...this.rules.population.icd10cm, ...this.rules.population.snomed];
    if (record.diagnosis != null && !codes.includes(String(record.diagnosis).trim().toUpperCase())) throw new Refused("diagnosis");
    const unreported = new Set(this.facts.filter((fact) => record[fact] == null));
    if (unreported.size === this.facts.length && !(Number(record.relapse_count) > 0)) throw new Refused("no fact");
    const values = Object.fromEntries(this.facts.map((fact) => [fact, readFact(fact, this.rules.facts[fact], record[fact])]));
    if (record.relapse_count != null) countRelapses(wholeFrom(0n, record.relapse_count), values, unreported);
    return [this.criteria.map(([, criterion]) => verdict(criterion, values[criterion.fact])), unreported];
  }

  // The cases that are left, before and after the assumptions.
  resolve(verdicts, unreported) {
    const stated = this.completions(verdicts);
    let known = verdicts, left = stated;
    const assumed = [];
    for (const [fact, assumption] of this.assumable) {
      if (!unreported.has(fact) || !left.length || !left.every((one) => one.may_assume.includes(fact))) continue;
      known = this.closed(left);
      if (this.asked[fact].some((place) => known[place] === null)) assumed.push(fact);
      for (const place of this.asked[fact]) known[place] ??= assumption.verdicts[this.criteria[place][0]];
      left = this.completions(known);
    }
    const outcomes = new Set(left.map((one) => one.outcome));
    const possible = [...Object.keys(this.rules.statuses), OUTSIDE].filter((name) => outcomes.has(name));
    return { stated: verdicts, unreported, assumed, left, possible };
  }

  explain(verdicts, unreported) {
    const resolution = this.resolve(verdicts, unreported);
    const { left, possible } = resolution;
    const status = possible.length === 1 && possible[0] !== OUTSIDE ? possible[0] : null;
    const outcome = !possible.length ? "conflicting_data" : possible.length > 1 ? "insufficient_data" : status ? "determined" : OUTSIDE;
    const lying = (name) => (outcome === OUTSIDE ? left.filter((one) => one.regions.includes(name)).length : 0);
    const regions = Object.keys(this.rules.regions);
    return {
      outcome, status, possible,
      regions: regions.filter((name) => lying(name) && lying(name) === left.length),
      possible_regions: regions.filter((name) => lying(name) && lying(name) < left.length),
      options: status ? this.rules.statuses[status].options.map((option) => option.id) : [],
      missing: possible.length > 1 ? this.facts.filter((fact) => this.wouldChange(resolution, fact)) : [],
      reasons: possible.length > 1 ? [] : this.reasons(resolution),
    };
  }

  wouldChange({ stated, unreported, left, possible }, fact) {
    const places = this.asked[fact];
    const open = new Map(left.map((one) => places.map((place) => one.verdicts[place])).map((answer) => [String(answer), answer]));
    if (open.size < 2) return false;
    return [...open.values()].some((answer) => {
      const verdicts = [...stated];
      places.forEach((place, number) => (verdicts[place] = answer[number]));
      const without = new Set([...unreported].filter((name) => name !== fact));
      return String(this.resolve(verdicts, without).possible) !== String(possible);
    });
  }

  // Every smallest set of facts, stated or assumed, of which enough is known to force the outcome.
  reasons({ stated, assumed, left, possible }) {
    const known = left.length ? this.closed(left) : stated;
    const said = (fact) => assumed.includes(fact) || this.asked[fact].some((place) => stated[place] !== null);
    const facts = this.facts.filter((fact) => said(fact) && this.asked[fact].some((place) => known[place] !== null));
    const settles = (chosen) => {
      const places = chosen.flatMap((fact) => this.asked[fact]).filter((place) => known[place] !== null);
      const open = this.rules.cases.filter((one) => places.every((place) => one.verdicts[place] === known[place]));
      return open.every((one) => possible.includes(one.outcome));
    };
    const found = [];
    for (const chosen of subsets(facts)) {
      if (!found.some((smaller) => smaller.every((fact) => chosen.includes(fact))) && settles(chosen)) found.push(chosen);
    }
    return found;
  }

  completions(verdicts) {
    return this.rules.cases.filter((one) => verdicts.every((known, place) => known === null || known === one.verdicts[place]));
  }

  // What the cases that are left agree on.
  closed(left) {
    return this.criteria.map((_, place) => {
      const first = left[0].verdicts[place];
      return left.every((one) => one.verdicts[place] === first) ? first : null;
    });
  }

  placesOf(fact) {
    return this.criteria.flatMap(([, criterion], place) => (criterion.fact === fact ? [place] : []));
  }
}

class Contradiction extends Error {}

// A relapse needs a remission before it; that none came since the last remission must then be said.
function countRelapses(count, values, unreported) {
  if (count > 0n) {
    if (values.prior_remission === false) throw new Contradiction("relapses without a remission");
    if (values.prior_remission == null) unreported.delete("prior_remission");
    values.prior_remission = true;
    unreported.delete("relapse_since_remission");
  } else if (values.relapse_since_remission === true) throw new Contradiction("a relapse, and none counted");
}

// The value of a fact, or null where it is not known.
function readFact(name, fact, value) {
  if (value == null || value === "unknown") return null;
  if (name === "signs_and_symptoms" && Array.isArray(value)) return value.length ? "present" : "absent";
  if (name === "leukemia_outside_marrow" && typeof value === "object") return readSites(value);
  if (fact.kind === "percent") return readPercent(value);
  if (fact.kind === "number") return readNumber(value);
  if (name === "cbc" && (value === "some_abnormal" || value === "all_abnormal")) return "abnormal";
  const valid = fact.kind === "yes_no" ? typeof value === "boolean" : fact.values.includes(value);
  if (!valid) throw new Refused(name);
  return value;
}

function readSites({ site, ...more }) {
  const sites = [site].flat();
  if (Object.keys(more).length || !sites.every((one) => SITES.includes(one))) throw new Refused("site");
  return sites.length ? "present" : "absent";
}

function verdict({ operator, operand }, value) {
  if (value === null) return null;
  if (typeof value !== "object") return (value === operand) === (operator === "==");
  return value.compare(operator, exact(operand));
}

// All subsets, the smaller before the larger.
function subsets(items) {
  const all = [];
  for (let bits = 0; bits < 1 << items.length; bits++) all.push(items.filter((_, place) => bits & (1 << place)));
  return all.sort((a, b) => a.length - b.length);
}

const port = new Port(...process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8"))));
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(port.answer(parse(line))));
