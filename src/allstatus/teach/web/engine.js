// The engine of the page. It holds no rule: every answer is read off the decision table that allstatus fired and embedded.
// A set of cases is one whole number with a bit for each case, as in allstatus itself.

const UNKNOWN = "unknown", OUTSIDE = "outside_definitions";

const makeEngine = (data) => {
  const spelledOut = (hex) => hex.replace(/\((\w+)\*(\d+)\)/g, (_, digits, times) => digits.repeat(times));
  const cases = (hex) => BigInt(`0x${spelledOut(spelledOut(hex))}`);
  // Case k of the table has bit c of k as its verdict on criterion c: halves of zeros and ones, repeated.
  const size = 2n ** BigInt(data.criteria.length), everything = 2n ** size - 1n;
  const withBit = (number) => everything / (2n ** 2n ** BigInt(number) + 1n) * 2n ** 2n ** BigInt(number);
  const criteria = data.criteria.map((c, number) => ({ operator: "==", ...c, true: withBit(number), limit: c.limit === undefined ? null : readNumber(c.limit, c.name), section: data.sections[c.section] }));
  const place = Object.fromEntries(criteria.map((criterion, number) => [criterion.name, number]));
  const consistent = cases(data.consistent);
  const withCases = (verdicts) =>
    Object.entries(verdicts).reduce((left, [name, held]) => left & (held ? criteria[place[name]].true : everything & ~criteria[place[name]].true), everything);

  // A clause of a definition with its cases: embedded for a group of clauses, known from its criterion else.
  const clauseOf = (parent) => ({ path, criterion = null, children = [], ours = false, kind = "criterion", ...node }, number) => ({
    note: null, ...node, kind, path: path ?? `${parent}.${number + 1}`, criterion, children: children.map(clauseOf(`${parent}.${number + 1}`)), reading: ours ? "interpretation" : "literal", section: data.sections[node.section] ?? criteria[place[criterion]].section,
    set: criterion === null ? cases(node.cases) : withCases({ [criterion]: kind !== "not" }),
    expected: criterion === null ? node.expected : criteria[place[criterion]][kind === "not" ? "otherwise" : "title"],
  });
  const statuses = data.statuses.map((status) => ({ ...status, set: cases(status.cases), section: data.sections[status.section], clauses: status.clauses.map(clauseOf(status.name)) }));
  const outside = statuses.reduce((left, { set }) => left & ~set, consistent);

  const answerOf = (fact, own) => ([region, letters]) => {
    const verdicts = Object.fromEntries(own.map(({ name }, number) => [name, letters[number] === "t"]));
    return { region: `${fact.name} ${region}`, fact: fact.name, verdicts, set: withCases(verdicts) };
  };
  const facts = data.facts.map((fact) => {
    const own = criteria.filter((criterion) => criterion.fact === fact.name);
    return { values: [], assume: null, ...fact, criteria: own, classes: Object.entries(fact.classes).map(answerOf(fact, own)), when: fact.assume?.when === undefined ? null : cases(fact.assume.when) };
  });
  const factOf = Object.fromEntries(facts.map((fact) => [fact.name, fact]));
  const keys = [...data.other_keys, ...Object.keys(factOf)];

  // ---- from a record to verdicts -----------------------------------------------------------------

  const readFact = (fact, value) => {
    if (value === UNKNOWN) return null;
    if (fact.kind === "percent") return readPercent(value, fact.name, data.grades);
    if (fact.kind === "number") return readPlainNumber(value, fact);
    if (fact.kind === "yes_no") {
      if (typeof value === "boolean") return value;
    } else {
      if (fact.values.includes(value)) return value;
      if (Object.hasOwn(fact.reads, value)) return fact.reads[value].length === 1 ? fact.reads[value][0] : fact.reads[value];
      if (fact.findings && !fact.sites && Array.isArray(value) && value.every((found) => typeof found === "string")) return value.length ? fact.findings.some : fact.findings.none;
      if (fact.sites && value && typeof value === "object" && Object.keys(value).join() === "site") {
        const sites = [value.site].flat();
        if (sites.every((site) => fact.sites.includes(site))) return sites.length ? fact.findings.some : fact.findings.none;
      }
    }
    throw new Refused(fact.name, fact.panel && value && typeof value === "object" ? "panel" : "not_a_value");
  };

  // The value of each fact (null: not known), which were not reported, and contradictions inside the record.
  const read = (record, needsFact = true) => {
    for (const key of Object.keys(record)) if (!keys.includes(key)) throw new Refused(key, "unknown_key");
    const { diagnosis = null } = record;
    if (diagnosis !== null && !data.diagnoses.includes(String(diagnosis).trim().toUpperCase())) throw new Refused("diagnosis", "another_disease");
    const unreported = new Set(), values = {};
    for (const fact of facts) {
      const value = record[fact.name] ?? null;
      if (value === null) unreported.add(fact.name);
      values[fact.name] = value === null ? null : readFact(fact, value);
    }
    const conflicts = readRelapses(record.relapse_count ?? null, values, unreported);
    if (needsFact && unreported.size === facts.length) throw new Refused("record", "no_fact");
    return { values, unreported, conflicts };
  };

  const readRelapses = (given, values, unreported) => {
    if (given === null) return [];
    const text = given instanceof ExactNumber ? given.text : String(given);
    if (!/^\d+$/.test(text) || typeof given === "string") throw new Refused("relapse_count", "not_a_value");
    const conflicts = [], count = BigInt(text);
    if (count && values.prior_remission === false) conflicts.push(["relapse_count", "prior_remission"]);
    else if (count && values.prior_remission === null) {
      values.prior_remission = true;
      unreported.delete("prior_remission");
    }
    if (count) unreported.delete("relapse_since_remission"); // one is counted: that none came since must be said
    else if (values.relapse_since_remission === true) conflicts.push(["relapse_count", "relapse_since_remission"]);
    return conflicts;
  };

  const holds = (criterion, value) => {
    if (value === null) return null;
    if (criterion.limit !== null) return compare(value, criterion.operator, criterion.limit);
    if (Array.isArray(value)) { // one of these values, not known which
      const verdicts = new Set(value.map((one) => holds(criterion, one)));
      return verdicts.size === 1 ? [...verdicts][0] : null;
    }
    return (value === criterion.operand) === (criterion.operator === "==");
  };

  // ---- cells of the table ------------------------------------------------------------------------

  const verdictOf = (completions, set) => (!(completions & ~set) ? true : completions & set ? null : false);

  const possibleOf = (completions) => {
    const names = statuses.filter((status) => completions & status.set).map((status) => status.name);
    return completions & outside ? [...names, OUTSIDE] : names;
  };

  const outcomeOf = (possible) => {
    if (!possible.length) return "conflicting_data";
    if (possible.length > 1) return "insufficient_data";
    return possible[0] === OUTSIDE ? OUTSIDE : "determined";
  };

  const remembered = (make) => {
    const known = new Map();
    return (key, ...rest) => {
      if (!known.has(key)) known.set(key, make(key, ...rest));
      return known.get(key);
    };
  };

  const LETTER = new Map([[true, "t"], [false, "f"], [null, "?"]]);
  const keyOf = (verdicts) => verdicts.map((verdict) => LETTER.get(verdict)).join("");

  const cellFor = remembered((key, verdicts) => {
    const completions = criteria.reduce(
      (left, { true: set }, number) => (verdicts[number] === null ? left : left & (verdicts[number] ? set : ~set)), consistent);
    const possible = possibleOf(completions);
    const closed = completions ? criteria.map(({ true: set }) => verdictOf(completions, set)) : verdicts;
    return { verdicts, completions, possible, outcome: outcomeOf(possible), closed };
  });
  const cell = (verdicts) => cellFor(keyOf(verdicts), verdicts);

  // ---- named assumptions -------------------------------------------------------------------------

  const assume = (fact, before) => {
    if (!fact.assume || (fact.when !== null && before.completions & ~fact.when)) return before;
    const after = before.closed.slice();
    for (const criterion of fact.criteria) after[place[criterion.name]] ??= holds(criterion, fact.assume.value);
    return keyOf(after) === keyOf(before.closed) ? before : cell(after);
  };

  const resolutionFor = remembered((key, verdicts, unreported) => {
    const stated = cell(verdicts), assumed = [];
    let now = stated;
    for (const fact of facts.filter(({ name }) => unreported.has(name))) {
      const after = now.completions ? assume(fact, now) : now;
      if (after !== now) assumed.push(fact);
      now = after;
    }
    const without = (left) => assumed.filter((fact) => fact !== left).reduce((before, fact) => assume(fact, before), stated);
    const used = assumed.filter((fact) => String(without(fact).possible) !== String(now.possible));
    return { stated, cell: now, unreported, assumed: assumed.map(({ name }) => name), used: used.map(({ name }) => name) };
  });

  const resolve = (verdicts, unreported) => {
    const assumable = facts.filter(({ name, assume: entry }) => entry && unreported.has(name)).map(({ name }) => name);
    return resolutionFor(`${keyOf(verdicts)} ${assumable}`, verdicts, new Set(assumable));
  };

  // What would follow if facts had values of these classes, the rest as stated.
  const whatIf = (resolution, ...answers) => {
    const verdicts = resolution.stated.verdicts.slice(), unreported = new Set(resolution.unreported);
    for (const answer of answers) {
      for (const [name, held] of Object.entries(answer.verdicts)) verdicts[place[name]] = held;
      unreported.delete(answer.fact);
    }
    return resolve(verdicts, unreported);
  };

  const openAnswers = (resolution, fact) => factOf[fact].classes.filter((answer) => resolution.cell.completions & answer.set);

  // ---- a decision --------------------------------------------------------------------------------

  const decide = (record) => decideOn(read(record));

  // The same for a record that need not state any fact.
  const resolveRecord = (record) => decideOn(read(record, false));

  const decideOn = (stated) => {
    const verdicts = criteria.map((criterion) => holds(criterion, stated.values[criterion.fact]));
    const resolution = resolve(verdicts, stated.unreported);
    const outcome = stated.conflicts.length ? "conflicting_data" : resolution.cell.outcome;
    const possible = outcome === "conflicting_data" ? [] : resolution.cell.possible;
    return { stated, resolution, outcome, possible, status: outcome === "determined" ? possible[0] : null };
  };

  return { data, facts, factOf, criteria, statuses, consistent, everything, outside, place, cases, withCases, read, readFact, holds, decide, resolveRecord, resolve, whatIf, openAnswers, verdictOf };
};
