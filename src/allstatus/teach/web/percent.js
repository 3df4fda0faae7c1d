// Percentages as exact intervals of fractions, from every spelling a record knows. Never a binary number.

class Refused extends Error {
  // What cannot be read: `field` and the key of a sentence in the texts.
  constructor(field, problem) {
    super(`${field}: ${problem}`);
    Object.assign(this, { field, problem });
  }
}

const fraction = (n, d = 1n) => ({ n: BigInt(n), d: BigInt(d) });
const order = (a, b) => (a.n * b.d < b.n * a.d ? -1 : a.n * b.d > b.n * a.d ? 1 : 0);
const HUNDRED = fraction(100), ZERO = fraction(0);
const MOST_DIGITS = 1000;
const SIGNS = { "≤": "<=", "≥": ">=" };

const readNumber = (text, field) => {
  if (text.includes(",")) throw new Refused(field, "comma");
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (!parts) throw new Refused(field, "not_a_percentage");
  const [, sign, whole, rest = "", power = "0"] = parts;
  const exponent = Number(power) - rest.length;
  const significant = (whole + rest).replace(/^0+(?=\d)/, "");
  if (Math.abs(exponent) > MOST_DIGITS || significant.length > MOST_DIGITS) throw new Refused(field, "too_many_digits");
  const digits = BigInt(sign + significant);
  return exponent < 0 ? fraction(digits, 10n ** BigInt(-exponent)) : fraction(digits * 10n ** BigInt(exponent));
};

const interval = (low, high, field, more = {}) => {
  if (low.n < 0n || high.n < 0n) throw new Refused(field, "negative");
  if (order(low, HUNDRED) > 0 || order(high, HUNDRED) > 0) throw new Refused(field, "above_hundred");
  return { low, high, lowOpen: false, highOpen: false, cells: null, ...more };
};

const atNumber = (number, comparator, field) => {
  if ((comparator === "<" && number.n === 0n) || (comparator === ">" && order(number, HUNDRED) === 0)) {
    throw new Refused(field, "no_value_left");
  }
  const low = comparator.startsWith("<") ? ZERO : number;
  const high = comparator.startsWith(">") ? HUNDRED : number;
  return interval(low, high, field, { lowOpen: comparator === ">", highOpen: comparator === "<" });
};

const readCount = (blasts, cells, field) => {
  if (cells === 0n || blasts > cells) throw new Refused(field, "not_a_count");
  const share = fraction(100n * blasts, cells);
  return interval(share, share, field, { cells: Number(cells) });
};

// `grades` are morphologic grades such as M1 with their own bounds, as the embedded data give them.
const readPercentText = (text, field, grades) => {
  const grade = field === "marrow_blast_percent" && grades[text.toUpperCase()];
  if (grade) return interval(readNumber(grade.low, field), readNumber(grade.high, field), field, { lowOpen: grade.low_open });
  const count = /^(\d{1,6})\s*\/\s*(\d{1,6})$/.exec(text);
  if (count) return readCount(BigInt(count[1]), BigInt(count[2]), field);
  const range = /^(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*%?$/.exec(text);
  if (range) {
    const [low, high] = [readNumber(range[1], field), readNumber(range[2], field)];
    if (order(low, high) > 0) throw new Refused(field, "backwards");
    return interval(low, high, field);
  }
  const spelling = /^(<=|>=|<|>|=)?\s*(\S+?)\s*%?$/.exec(text.replace(/[≤≥]/g, (sign) => SIGNS[sign]));
  if (!spelling) throw new Refused(field, "not_a_percentage");
  return atNumber(readNumber(spelling[2], field), spelling[1] === "=" ? "" : spelling[1] ?? "", field);
};

const readPercentObject = (value, field, grades) => {
  const { value: number, comparator = null, unit = null, cells_counted: cells = null, ...others } = value;
  if (Object.keys(others).length || number === undefined) throw new Refused(field, "unknown_keys");
  if (![null, "%", "1"].includes(unit)) throw new Refused(field, "unit");
  if (![null, "", "=", "<", "<=", ">", ">=", "≤", "≥"].includes(comparator)) throw new Refused(field, "comparator");
  const counted = cells instanceof ExactNumber ? Number(/^\d+$/.exec(cells.text)) : cells;
  if (counted !== null && !(Number.isInteger(counted) && counted >= 1)) throw new Refused(field, "cells");
  const sign = (SIGNS[comparator] ?? comparator ?? "").replace(/^=$/, "");
  let percent;
  if (!comparator && unit !== "1" && typeof number === "string") percent = readPercentText(number.trim(), field, grades);
  else {
    const exact = readNumber(numberText(number, field), field);
    percent = atNumber(unit === "1" ? fraction(exact.n * 100n, exact.d) : exact, sign, field);
  }
  return counted === null ? percent : { ...percent, cells: counted };
};

// A number in JSON keeps its digits: JSON.parse alone would round it. `parseExact` makes it one of these.
class ExactNumber {
  constructor(text) { this.text = text; }
}

const numberText = (value, field) => {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new Refused(field, "not_a_percentage");
};

const readPercent = (value, field, grades) => {
  if (typeof value === "string") return readPercentText(value.trim(), field, grades);
  if (value instanceof ExactNumber || typeof value === "number") return atNumber(readNumber(numberText(value, field), field), "", field);
  if (value && typeof value === "object" && !Array.isArray(value)) return readPercentObject(value, field, grades);
  throw new Refused(field, "not_a_percentage");
};

// A plain number as an interval of that one value; `spelled` may be text, `whole` has no fraction, `highest` is its bound if any.
const readPlainNumber = (value, { name, highest, whole, spelled }) => {
  const problem = whole ? "not_a_count_of_things" : "not_a_plain_number", text = value instanceof ExactNumber ? value.text : spelled && typeof value === "string" ? value : "";
  if (!(whole ? /^\d+$/ : /^[-+]?\d+(\.\d+)?([eE][-+]?\d{1,4})?$/).test(text)) throw new Refused(name, problem);
  const number = readNumber(text, name);
  if (number.n < 0n || (highest && order(number, readNumber(highest, name)) > 0)) throw new Refused(name, problem);
  return { low: number, high: number, lowOpen: false, highOpen: false, cells: null };
};

const isExact = (percent) => order(percent.low, percent.high) === 0;

// true, false or null: whether every, no or some value in the interval satisfies `operator limit`.
const compare = (percent, operator, limit) => {
  const negated = (verdict) => (verdict === null ? null : !verdict);
  const [low, high] = [order(percent.low, limit), order(percent.high, limit)];
  const above = low > 0 || (low === 0 && percent.lowOpen) ? true : high <= 0 ? false : null;
  const below = high < 0 || (high === 0 && percent.highOpen) ? true : low >= 0 ? false : null;
  const equal = low === 0 && high === 0 ? true : above || below ? false : null;
  return { ">": above, "<=": negated(above), "<": below, ">=": negated(below), "==": equal, "!=": negated(equal) }[operator];
};

const parseExact = (text) => {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (found) => (found[0] === '"' ? found : `{"\\u0000":"${found}"}`));
  return JSON.parse(marked, (_, value) => (value && typeof value === "object" && "\u0000" in value ? new ExactNumber(value["\u0000"]) : value));
};
