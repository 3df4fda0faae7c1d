// How far a percentage of counted cells may lie from the truth: the exact binomial 95 % interval of Clopper and Pearson,
// as in allstatus itself. It informs; it never changes an answer, so that binary numbers do.

const TAIL = 0.025, HALVINGS = 50;

// The chance of at least `blasts` among `cells` when `share` of all cells are blasts.
const atLeast = (blasts, cells, share) => {
  let chance = 0, term = cells * Math.log1p(-share); // the logarithm of the chance of none at all
  for (let found = 0; found < blasts; found += 1) {
    chance += Math.exp(term);
    term += Math.log((cells - found) / (found + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return 1 - chance;
};

const shareWhere = (above) => {
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (above(middle)) high = middle;
    else low = middle;
  }
  return 100 * high;
};

// Its two ends in percent, to two decimals.
const binomialInterval = (blasts, cells) => {
  const low = blasts === 0 ? 0 : shareWhere((share) => atLeast(blasts, cells, share) >= TAIL);
  const high = blasts === cells ? 100 : shareWhere((share) => 1 - atLeast(blasts + 1, cells, share) <= TAIL);
  return [low, high].map((end) => Number(end.toFixed(2)));
};
