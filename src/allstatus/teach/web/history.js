// One person's records over time: read from text, and each decided with what the ones before it leave. No page needed.

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const REACHED = "reached", RELAPSE = "relapse"; // in this order on one day

const isDay = (text) => typeof text === "string" && DAY.test(text) && !text.startsWith("0000") && new Date(`${text}T00:00Z`).toJSON()?.slice(0, 10) === text;

// What cannot be read, and in which record of how many.
class RefusedHistory extends Error {
  constructor(problem, number = null, field = null) {
    super(`${number}: ${field}: ${problem}`);
    Object.assign(this, { problem, number, field });
  }
}

// What a status leaves: a relapse not told from disease never in remission, only where a remission came before it.
const kindOf = ({ statuses }, name, before) => {
  const status = statuses.find((one) => one.name === name);
  if (!status || status.remission) return status ? REACHED : null;
  return status.relapse && (status.told_apart || before) ? RELAPSE : null;
};

// What earlier statuses leave for a day: a relapse counts again only when a remission lies between. `maybe` are those that a record left open.
const pastOf = (events, maybe, day) => {
  const past = events.filter((event) => event.day < day).sort((a, b) => (a.day + a.kind < b.day + b.kind ? -1 : 1));
  const of = (kind) => past.filter((event) => event.kind === kind), last = (kind) => of(kind).at(-1)?.day ?? "";
  const relapses = past.filter((event, number) => event.kind === RELAPSE && past[number - 1]?.kind !== RELAPSE).length;
  const relapsed = last(RELAPSE) > last(REACHED), open = maybe.filter((event) => event.day < day);
  const sameDay = relapsed ? [] : of(RELAPSE).filter((event) => event.day === last(REACHED));
  const later = past.length ? open.filter((event) => event.day > past.at(-1).day && event.kind === (relapsed ? REACHED : RELAPSE)) : [];
  const doubtful = [...sameDay, ...later], back = doubtful.filter((event) => event.kind === RELAPSE);
  const since = of(RELAPSE).filter((event) => event.day > last(REACHED));
  const places = back.every((event) => event.places.length) ? [...since, ...back].flatMap((event) => event.places) : [];
  return {
    remission: past.length > 0, relapses, places: new Set(places), numbered: open.every((event) => event.kind !== RELAPSE),
    relapsed: doubtful.length ? UNKNOWN : of(RELAPSE).length ? relapsed : null,
  };
};

// Whether the marrow is above a limit (true), at or below all of them (false), or neither is known.
const marrowSide = (engine, stated) => {
  const above = (engine.factOf.marrow_blast_percent?.criteria ?? []).map((criterion) => {
    const held = engine.holds(criterion, stated.values.marrow_blast_percent);
    return held === null || criterion.operator.startsWith(">") ? held : !held;
  });
  return above.includes(true) ? true : above.includes(null) || !above.length ? null : false;
};

// Where a record finds leukemia.
const placesOf = (engine, { leukemia_outside_marrow: outside = null }, stated) => [
  ...(marrowSide(engine, stated) ? ["marrow"] : []), ...(outside?.site ? [outside.site].flat() : outside === "present" ? ["other"] : [])];

// Where an undecided record leaves open whether the disease had come back; empty where it does not say, null when it says nothing of it.
const openOf = (engine, record, stated) => {
  const { relapse_since_remission: since = null, marrow_blast_percent: marrow = null, leukemia_outside_marrow: outside = null } = record;
  if (since === true || since === UNKNOWN) return [];
  const places = [...(marrow !== null && marrowSide(engine, stated) === null ? ["marrow"] : []), ...(outside === UNKNOWN ? ["other"] : [])];
  return places.length ? places : null;
};

// Each record decided in the order of dates, as `allstatus timeline` does; `carried` names the facts taken over from before.
const decideHistory = (engine, { records, carry }) => {
  const events = [], maybe = [];
  let treated = false;
  const ordered = records.map((record, number) => ({ record, number })).sort((a, b) => (a.record.as_of < b.record.as_of ? -1 : a.record.as_of > b.record.as_of ? 1 : 0));
  return ordered.map(({ record, number }) => {
    const day = record.as_of, past = pastOf(events, maybe, day);
    const clear = past.places.size === 1 && past.places.has("marrow") && refusing(number + 1, () => marrowSide(engine, engine.read(record, false))) === false;
    const left = {
      prior_treatment: treated ? "disease_directed" : null, prior_remission: past.remission || null, relapse_since_remission: past.relapsed,
      relapse_count: past.relapses || null, leukemia_outside_marrow: clear ? "absent" : null,
    };
    const carried = Object.keys(left).filter((name) => carry && left[name] !== null && (record[name] ?? null) === null);
    const whole = { ...record, ...Object.fromEntries(carried.map((name) => [name, left[name]])) };
    const decision = refusing(number + 1, () => engine.decide(whole));
    treated ||= record.prior_treatment === "disease_directed";
    const kind = kindOf(engine.data, decision.status, past.remission);
    if (kind) events.push({ day, kind, places: placesOf(engine, record, decision.stated) });
    const open = carry && !decision.status ? openOf(engine, record, decision.stated) : null;
    const may = open ? decision.possible.map((name) => kindOf(engine.data, name, past.remission)).filter(Boolean) : [];
    maybe.push(...may.map((one) => ({ day, kind: one, places: one === RELAPSE ? open : [] })));
    return { when: day, number, record: whole, carried, decision, remission: kind === REACHED && past.numbered ? past.relapses + 1 : null };
  });
};

const refusing = (number, act) => {
  try {
    return act();
  } catch (error) {
    throw error instanceof Refused ? new RefusedHistory(error.problem, number, error.field) : error;
  }
};

// ---- from text -----------------------------------------------------------------------------------

const parsed = (text, number) => {
  try {
    return parseExact(text);
  } catch (error) {
    throw error instanceof SyntaxError ? new RefusedHistory("not_json", number) : error;
  }
};

// A list, one object, or an object a line.
const valuesIn = (text) => {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (!lines.length) throw new RefusedHistory("empty");
  const aLine = lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line));
  return aLine ? lines.map((line, number) => parsed(line, number + 1)) : [parsed(text, null)].flat();
};

// Records from text: as `allstatus timeline` reads them, or as it prints them with --format json (then nothing is carried over).
const readHistory = (engine, text) => {
  const values = valuesIn(text.replace(/^\ufeff/, ""));
  const printed = values.length === 1 && Array.isArray(values[0]?.points);
  const history = printed ? readPrinted(engine, values[0]) : { records: values, carry: true };
  history.records.forEach((record, number) => {
    if (!record || typeof record !== "object" || Array.isArray(record) || record instanceof ExactNumber) throw new RefusedHistory("not_a_record", number + 1);
    if (!isDay(record.as_of)) throw new RefusedHistory("no_date", number + 1, "as_of");
  });
  if (new Set(history.records.map((record) => JSON.stringify(record.id ?? null))).size > 1) throw new RefusedHistory("several_people");
  const points = decideHistory(engine, history);
  for (const { number, decision } of printed ? points : []) {
    const { outcome, status } = values[0].points[number];
    if (decision.outcome !== outcome || decision.status !== status) throw new RefusedHistory("decided_otherwise", number + 1);
  }
  return history;
};

const readPrinted = (engine, { points, now }) => {
  if (!points.length) throw new RefusedHistory("empty");
  if (now?.ruleset?.digest !== engine.data.ruleset.digest) throw new RefusedHistory("other_rules");
  return { carry: false, records: points.map((point, number) => ({ as_of: point?.date, ...Object.fromEntries(engine.facts.map((fact) => [fact.name, printedValue(fact, point?.facts?.[fact.name], number + 1)])) })) };
};

// What was not reported and assumed is assumed here again; what was not known stays so.
const printedValue = (fact, said, number) => {
  if (!said || !("value" in said)) throw new RefusedHistory("not_a_value", number, fact.name);
  if (said.state === "assumed" && fact.assume?.value === said.value) return null;
  if (said.value === null) return UNKNOWN;
  const ofOne = /^([<>]=?)?(.+) \(of 1\)$/.exec(said.value); // how allstatus words a fraction of all cells
  if (ofOne) return { value: ofOne[2], comparator: ofOne[1] ?? null, unit: "1" };
  const word = Object.entries(fact.reads ?? {}).find(([, meant]) => meant.length > 1 && meant.join(" or ") === said.value);
  return word ? word[0] : said.value;
};

// ---- to text -------------------------------------------------------------------------------------

const toJson = (value) => {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJson).join(", ")}]`;
  const member = ([key, entry]) => `${JSON.stringify(key)}: ${toJson(entry)}`;
  if (value && typeof value === "object") return `{${Object.entries(value).map(member).join(", ")}}`;
  return JSON.stringify(value);
};

// A record a line, as `allstatus timeline` reads them.
const writeHistory = ({ records }) => records.map((record) => `${toJson(record)}\n`).join("");
