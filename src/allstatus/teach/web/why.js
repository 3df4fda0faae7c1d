// Why this answer, why not another, what would change it, what to ask next: all read off the decision table.

// A text as part of a sentence: without the capital at its beginning, but for a name that has one (M protein, CNS disease).
const within = (text) => (/^(\p{L}\p{Lu}|(?!A )\p{L} )/u.test(text) ? text : text[0].toLowerCase() + text.slice(1));

const makeWhy = (engine) => {
  const { data, facts, factOf, criteria, statuses, whatIf, openAnswers, verdictOf, cases } = engine;
  const sets = Object.fromEntries(statuses.map((status) => [status.name, status.set]));
  const same = (a, b) => String(a) === String(b);
  const regionSets = Object.entries(data.regions).map(([name, set]) => [name, cases(set)]);
  const broken = data.constraints.map((constraint) => ({ ...constraint, set: cases(constraint.broken) }));

  function* combinations(items, size, from = 0) {
    if (size === 0) yield [];
    else for (let i = from; i <= items.length - size; i += 1) for (const rest of combinations(items, size - 1, i + 1)) yield [items[i], ...rest];
  }

  const product = (lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);

  // Undescribed cases: those that all completions lie in, and those that only some do, with the facts that decides on.
  const regions = ({ cell }) => (cell.outcome === OUTSIDE ? regionSets.filter(([, set]) => !(cell.completions & ~set)).map(([name]) => name) : []);
  const numberOf = ({ verdicts }) => criteria.reduce((sum, { name }, place) => sum + (verdicts[name] ? 2n ** BigInt(place) : 0n), 0n);
  const partingFacts = (completions, set) => facts.filter(({ classes }) => classes.some((one) => classes.some((other) => {
    const step = numberOf(other) - numberOf(one), held = completions & set & one.set;
    return one !== other && (step > 0n ? held << step : held >> -step) & completions & ~set;
  }))).map(({ name }) => name);
  const possibleRegions = ({ cell }) => (cell.outcome === OUTSIDE ? regionSets : [])
    .filter(([, set]) => cell.completions & set && cell.completions & ~set)
    .map(([name, set]) => ({ name, dependsOn: partingFacts(cell.completions, set) }));

  const missing = (resolution) => {
    if (resolution.cell.outcome !== "insufficient_data") return [];
    const changes = (fact) => {
      const answers = openAnswers(resolution, fact);
      return answers.length > 1 && answers.some((answer) => !same(whatIf(resolution, answer).cell.possible, resolution.cell.possible));
    };
    return facts.map((fact) => fact.name).filter(changes);
  };

  const irrelevant = (resolution) => {
    const matter = missing(resolution);
    return facts.map((fact) => fact.name).filter((fact) => !matter.includes(fact) && openAnswers(resolution, fact).length > 1);
  };

  const sayOf = (name, held) => within(criteria[engine.place[name]][held ? "title" : "otherwise"]);

  // What would be so with an answer, and is not known to be.
  const answerWords = ({ cell }, { verdicts }) => Object.entries(verdicts)
    .filter(([name, held]) => cell.closed[engine.place[name]] !== held)
    .map(([name, held]) => sayOf(name, held)).join("; ");

  // ---- the smallest sets of given or assumed facts that force the outcome ------------------------

  const givenFacts = ({ stated }) => new Set(criteria.filter((_, number) => stated.verdicts[number] !== null).map(({ fact }) => fact));

  const knownFacts = (resolution) => {
    const cell = resolution.cell.completions ? resolution.cell : resolution.stated;
    const given = givenFacts(resolution);
    return facts.filter(({ name }) => given.has(name) || resolution.assumed.includes(name)).flatMap((fact) => {
      const said = fact.criteria.map(({ name }) => [name, cell.closed[engine.place[name]]]).filter(([, verdict]) => verdict !== null);
      return said.length ? [[fact.name, engine.withCases(Object.fromEntries(said))]] : [];
    });
  };

  // All smallest sets of what is known that leave none of the excluded cases.
  const smallestSets = (known, excluded) => {
    const found = [];
    for (let size = 0; size <= known.length; size += 1) {
      for (const chosen of combinations(known, size)) {
        const names = chosen.map(([name]) => name);
        if (found.some((smaller) => smaller.every((name) => names.includes(name)))) continue;
        if (!(chosen.reduce((left, [, set]) => left & set, engine.consistent) & excluded)) found.push(names);
      }
    }
    return found;
  };

  const reasons = (resolution) => {
    const { possible } = resolution.cell;
    if (possible.length > 1) return [];
    const wanted = possible[0] === OUTSIDE ? engine.outside : sets[possible[0]];
    const given = givenFacts(resolution);
    const rank = (names) => names.filter((name) => !given.has(name)).length * 100 + names.length;
    return smallestSets(knownFacts(resolution), possible.length ? engine.everything & ~wanted : engine.everything).sort((a, b) => rank(a) - rank(b));
  };

  // What is so, of known facts, from which a verdict follows that its own fact does not say.
  const followsFrom = (resolution, name) => {
    const said = knownFacts(resolution).map(([fact]) => fact), { closed } = resolution.cell;
    const held = criteria.filter((_, number) => closed[number] !== null), setOf = (one) => engine.withCases({ [one.name]: closed[engine.place[one.name]] });
    const asked = held.find((one) => one.name === name);
    if (!asked || said.includes(asked.fact)) return [];
    const known = held.filter((one) => said.includes(one.fact)).map((one) => [one.name, setOf(one)]);
    return (smallestSets(known, engine.everything & ~setOf(asked))[0] ?? []).map((one) => sayOf(one, closed[engine.place[one]]));
  };

  // ---- the smallest changes to another outcome ---------------------------------------------------

  // Every smallest set of answers that leaves one of the wanted outcomes alone possible.
  const fewest = (resolution, choices, wanted) => {
    const found = [];
    let left = wanted;
    for (let size = 1; size <= choices.length && left.length; size += 1) {
      const reached = new Set();
      for (const lists of combinations(choices, size)) {
        for (const answers of product(lists)) {
          const { possible } = whatIf(resolution, ...answers).cell;
          if (possible.length !== 1 || !left.includes(possible[0])) continue;
          found.push({ to: possible[0], answers });
          reached.add(possible[0]);
        }
      }
      left = left.filter((outcome) => !reached.has(outcome));
    }
    return found;
  };

  // What the fewest answers to what is not known would make of it, for each outcome still possible.
  const answersAway = (resolution) => {
    const { possible } = resolution.cell;
    if (possible.length < 2) return [];
    const unknown = facts.map(({ name }) => openAnswers(resolution, name)).filter((answers) => answers.length > 1);
    const place = ({ to, answers }) => answers.length * 100 + possible.indexOf(to);
    return fewest(resolution, unknown, possible).sort((a, b) => place(a) - place(b));
  };

  const changes = (resolution) => {
    const order = [...statuses.map((status) => status.name), OUTSIDE];
    const wanted = order.filter((outcome) => !same([outcome], resolution.cell.possible));
    const cell = resolution.cell.completions ? resolution.cell : resolution.stated;
    const isOther = (answer) => Object.entries(answer.verdicts).some(([name, held]) => cell.closed[engine.place[name]] !== held);
    const others = facts.map((fact) => fact.classes.filter(isOther));
    const aboutOf = (answers) => (answers.some((answer) => factOf[answer.fact].about === "history") ? "history" : "finding");
    const found = fewest(resolution, others, wanted).map((change) => ({ ...change, about: aboutOf(change.answers) }));
    const rank = (change) => order.indexOf(change.to) * 2 + (change.about === "history" ? 1 : 0);
    return found.sort((a, b) => rank(a) - rank(b));
  };

  // ---- what to ask next: the least burden at worst -----------------------------------------------

  const bits = (set) => {
    let count = 0;
    for (let left = set; left; left &= left - 1n) count += 1;
    return count;
  };
  const least = (plans, ...keys) =>
    plans.reduce((best, plan) => (keys.map((key) => key(plan) - key(best)).find((difference) => difference !== 0) < 0 ? plan : best));
  const mean = (plan) => plan.total / plan.cases;
  const known = new Map();

  const plans = (resolution) => {
    if (!known.has(resolution)) known.set(resolution, workOut(resolution));
    return known.get(resolution);
  };

  const after = (fact, burden, next) => {
    const sum = (key) => next.reduce((total, plan) => total + plan[key], 0);
    const count = sum("cases");
    return { fact, worst: burden + Math.max(...next.map((plan) => plan.worst)), total: burden * count + sum("total"), cases: count, unsettled: sum("unsettled") };
  };

  const workOut = (resolution) => {
    const count = bits(resolution.cell.completions);
    const stop = { fact: null, worst: 0, total: 0, cases: count, unsettled: 0 };
    if (resolution.cell.possible.length < 2) return { worst: stop, mean: stop };
    const pairs = [{ worst: { ...stop, unsettled: count }, mean: { ...stop, unsettled: count } }];
    for (const { name, burden } of facts) {
      const answers = openAnswers(resolution, name);
      if (answers.length < 2) continue;
      const next = answers.map((answer) => plans(whatIf(resolution, answer)));
      pairs.push({ worst: after(name, burden, next.map((plan) => plan.worst)), mean: after(name, burden, next.map((plan) => plan.mean)) });
    }
    return {
      worst: least(pairs.map((pair) => pair.worst), (p) => p.unsettled, (p) => p.worst, mean),
      mean: least(pairs.map((pair) => pair.mean), (p) => p.unsettled, mean, (p) => p.worst),
    };
  };

  const askNext = (resolution) => {
    const { fact } = resolution.cell.outcome === "insufficient_data" ? plans(resolution).worst : { fact: null };
    if (fact === null) return null;
    return { fact, answers: openAnswers(resolution, fact).map((answer) => ({ answer, possible: whatIf(resolution, answer).cell.possible })) };
  };

  // ---- the definitions, clause by clause ---------------------------------------------------------

  const deciding = (kind, verdict) => (kind === "not" ? (verdict === null ? [null] : [!verdict]) : [verdict]);

  const trace = ({ cell }) => {
    const verdict = (set) => (cell.completions ? verdictOf(cell.completions, set) : null);
    const clause = (node, decidedBy) => {
      const held = verdict(node.set), decisive = decidedBy.includes(held);
      const below = decisive ? deciding(node.kind, held) : [];
      return { ...node, verdict: held, decisive, children: node.children.map((child) => clause(child, below)) };
    };
    return statuses.map((status) => {
      const held = verdict(status.set);
      return { ...status, verdict: held, clauses: status.clauses.map((node) => clause(node, deciding("all", held))) };
    });
  };

  const decisiveLeaves = (clauses) =>
    clauses.filter((node) => node.decisive).flatMap((node) => (node.children.length ? decisiveLeaves(node.children) : [node]));

  const excludeEachOther = ({ completions }, status) => {
    for (let size = 2; size <= status.clauses.length; size += 1) {
      for (const nodes of combinations(status.clauses, size)) {
        if (!nodes.reduce((left, node) => left & node.set, completions)) return nodes;
      }
    }
    return [];
  };

  // For each status that does not hold: the clauses that decide against it, or the facts it waits for.
  const whyNot = (resolution) => {
    if (!resolution.cell.completions) return [];
    return trace(resolution).filter((status) => status.verdict !== true).map((status) => {
      const leaves = decisiveLeaves(status.clauses);
      const entry = { status: status.name, failing: [], together: false, waitingFor: [] };
      if (status.verdict === null) {
        const asked = leaves.filter((node) => node.criterion).map((node) => criteria[engine.place[node.criterion]].fact);
        return { ...entry, waitingFor: [...new Set(asked)] };
      }
      return leaves.length ? { ...entry, failing: leaves } : { ...entry, failing: excludeEachOther(resolution.cell, status), together: true };
    });
  };

  // ---- contradictions ----------------------------------------------------------------------------

  const clashes = ({ stated }) => {
    if (stated.completions) return [];
    const known = criteria.filter((_, number) => stated.verdicts[number] !== null);
    const left = engine.withCases(Object.fromEntries(known.map(({ name }) => [name, stated.verdicts[engine.place[name]]])));
    const asked = (entry) => known.filter(({ name }) => entry.criteria.includes(name)).map(({ name }) => name).sort();
    for (let size = 1; size <= broken.length; size += 1) {
      for (const chosen of combinations(broken, size)) {
        if (!chosen.reduce((rest, entry) => rest & ~entry.set, left)) {
          return chosen.map((entry) => ({ constraint: entry.name, facts: asked(entry).map((name) => criteria[engine.place[name]].fact) }));
        }
      }
    }
    return [{ constraint: "one_value", facts: known.map((criterion) => criterion.fact) }];
  };

  const conflicts = (decision) => [
    ...decision.stated.conflicts.map((names) => ({ constraint: "relapse_count_against_history", facts: names })),
    ...clashes(decision.resolution),
  ];

  // What other definitions of a remission ask of a percentage, and whether they differ from what the page asks.
  const others = (percent) => {
    const verdicts = Object.entries(data.others.here).map(([name, wanted]) => {
      const { operator, limit } = criteria[engine.place[name]];
      const held = compare(percent, operator, limit);
      return held === null ? null : held === wanted;
    });
    const here = verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
    return data.others.definitions.map((definition) => {
      const there = compare(percent, definition.comparator, readNumber(definition.limit, definition.id));
      return { ...definition, holds: there, differs: here !== null && there === !here };
    });
  };

  return { others, answerWords, answersAway, regions, possibleRegions, missing, irrelevant, reasons, followsFrom, changes, askNext, trace, whyNot, conflicts };
};
