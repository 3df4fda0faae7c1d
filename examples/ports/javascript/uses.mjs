// Whom the stated uses of the listed treatments fit, by plain data: `applicability.json`, as `allstatus vectors` writes it.
// Every fact that is not known is given every value it can have; what all of them agree on is the answer.
import { exact, order } from "./percent.mjs";

const HOLDS = { ">": (o) => o > 0, ">=": (o) => o >= 0, "<": (o) => o < 0, "<=": (o) => o <= 0, "==": (o) => o === 0, "!=": (o) => o !== 0 };

export class Uses {
  constructor(document) {
    this.facts = document.facts;
    this.criteria = document.criteria;
    this.agents = document.agents;
    this.options = document.options;
    this.values = Object.fromEntries(Object.keys(this.facts).map((fact) => [fact, this.valuesOf(fact)]));
  }

  answer(record, status) {
    const known = Object.fromEntries(Object.entries(this.facts).map(([name, fact]) => [name, stated(record, fact, status)]));
    const byOption = {}, byAgent = {};
    for (const { id, agents, choice } of this.options[status]) {
      const conditioned = agents.length && agents.every((agent) => this.agents[agent]);
      const clause = { [choice]: agents.map((agent) => ({ all: this.agents[agent]?.all })) };
      byOption[id] = conditioned ? this.read(clause, known) : { applicability: "listed", needs: [] };
      if (conditioned) for (const agent of agents) byAgent[agent] = this.agent(this.agents[agent], known, status);
    }
    return { by_option: byOption, by_agent: byAgent };
  }

  agent(agent, known, status) {
    const own = this.read({ all: agent.all }, known);
    const speaking = agent.other_sources.filter((other) => !other.statuses.length || other.statuses.includes(status));
    const said = speaking.map((other) => [other.title, other.all && this.read({ all: other.all }, known).applicability]);
    return { ...own, other_sources: Object.fromEntries(said.filter(([, word]) => word !== own.applicability)) };
  }

  // The word of a condition, and the open facts that change it by themselves.
  read(clause, known) {
    const facts = [...new Set(criteriaOf(clause).map((name) => this.criteria[name].fact))];
    const axes = facts.map((fact) => (known[fact] === null ? this.values[fact] : [known[fact]]));
    const cases = axes.reduce((all, axis) => all.flatMap((one) => axis.map((value) => [...one, value])), [[]]);
    const held = cases.map((values) => this.holds(clause, Object.fromEntries(facts.map((fact, place) => [fact, values[place]]))));
    if (held.every((one) => one === held[0])) return { applicability: held[0] ? "applies" : "does_not_apply", needs: [] };
    const changes = (place) => {
      const seen = new Map();
      return cases.some((values, number) => {
        const rest = JSON.stringify(values.map((value, other) => (other === place ? null : String(value?.text ?? value))));
        if (!seen.has(rest)) seen.set(rest, held[number]);
        return seen.get(rest) !== held[number];
      });
    };
    return { applicability: "needs_data", needs: facts.filter((fact, place) => changes(place)) };
  }

  holds(clause, values) {
    if (typeof clause === "string") return compare(this.criteria[clause], values[this.criteria[clause].fact]);
    if (clause.not) return !this.holds(clause.not, values);
    return clause.all ? clause.all.every((one) => this.holds(one, values)) : clause.any.some((one) => this.holds(one, values));
  }

  // Every value of a word; of a number each limit, and one value on each side of it.
  valuesOf(fact) {
    const { kind, values } = this.facts[fact];
    if (kind === "yes_no") return [true, false];
    if (kind === "choice") return values;
    const asked = Object.values(this.criteria).filter((criterion) => criterion.fact === fact);
    const limits = asked.map((criterion) => number(criterion.operand)).sort(order);
    const between = limits.map((limit, place) => middle(place ? limits[place - 1] : number("0"), limit));
    return [...between, ...limits, number("1000")];
  }
}

function criteriaOf(clause) {
  if (typeof clause === "string") return [clause];
  return (clause.all ?? clause.any ?? [clause.not]).flatMap(criteriaOf);
}

// What the record states of a fact; null where it is not known.
function stated(record, { kind, record_key: key }, status) {
  if (key === null) return status;
  const value = key.split(".").reduce((found, part) => found?.[part], record) ?? null;
  if (value === null || value === "unknown") return null;
  return kind === "number" ? number(String(value)) : value;
}

function compare({ operator, operand }, value) {
  if (typeof value !== "object") return (value === operand) === (operator === "==");
  return HOLDS[operator](order(value, number(operand)));
}

function number(text) {
  const [top, bottom = "1"] = text.split("/");
  const [above, below] = [exact(top), exact(bottom)];
  return { text, top: above.top * below.bottom, bottom: above.bottom * below.top };
}

function middle(low, high) {
  return { text: `${low.text}~${high.text}`, top: low.top * high.bottom + high.top * low.bottom, bottom: 2n * low.bottom * high.bottom };
}
