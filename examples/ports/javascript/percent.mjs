// Percentages as exact intervals: whole numbers of any size over whole numbers, never binary fractions.
export class Refused extends Error {}

// A JSON number, digit by digit as it was written.
export class Decimal {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

// JSON.parse makes doubles of numbers, so each is wrapped before it, outside of all strings.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const MARK = "\u0000decimal";

export function parse(line) {
  const wrapped = line.replace(TOKEN, (token) => (token[0] === '"' ? token : `{${JSON.stringify(MARK)}:"${token}"}`));
  return JSON.parse(wrapped, (_, value) => (value !== null && typeof value === "object" && MARK in value ? new Decimal(value[MARK]) : value));
}

export function wholeFrom(least, value) {
  if (!(value instanceof Decimal) || !/^-?\d+$/.test(value.text) || BigInt(value.text) < least) throw new Refused("no whole number");
  return BigInt(value.text);
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const SPELLING = /^(<=|>=|<|>|=)?\s*(\S+?)\s*%?$/;
const RANGE = /^(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*%?$/;
const COUNT = /^(\d{1,6})\s*\/\s*(\d{1,6})$/;
const GRADES = { M1: ["0", "5"], M2: ["5", "25"], M3: ["25", "100"] }; // the morphologic grades' own bounds

// A number as {top, bottom}.
export function exact(text) {
  const match = NUMBER.exec(text);
  if (!match) throw new Refused("not a number");
  const [, sign, whole, rest = "", power = "0"] = match;
  const digits = BigInt(whole + rest), places = rest.length - Number(power);
  const top = places < 0 ? digits * 10n ** BigInt(-places) : digits;
  return { top: sign === "-" ? -top : top, bottom: 10n ** BigInt(Math.max(places, 0)) };
}

export const order = (a, b) => {
  const [left, right] = [a.top * b.bottom, b.top * a.bottom];
  return left < right ? -1 : left > right ? 1 : 0;
};
const ZERO = exact("0"), HUNDRED = exact("100"), HIGHEST = exact("1000"); // of a number that is no percentage

class Interval {
  constructor(low, high, lowOpen = false, highOpen = false, highest = HUNDRED) {
    if (order(low, ZERO) < 0 || order(high, highest) > 0 || order(low, high) > 0) throw new Refused("not a percentage");
    if (order(low, high) === 0 && (lowOpen || highOpen)) throw new Refused("leaves no value");
    Object.assign(this, { low, high, lowOpen, highOpen });
  }

  // Whether every value satisfies it (true), none does (false), or some do (null).
  compare(operator, limit) {
    const [low, high] = [order(this.low, limit), order(this.high, limit)];
    const above = low > 0 || (low === 0 && this.lowOpen) ? true : high <= 0 ? false : null;
    const below = high < 0 || (high === 0 && this.highOpen) ? true : low >= 0 ? false : null;
    const equal = low === 0 && high === 0 ? true : above || below ? false : null;
    const not = (verdict) => (verdict === null ? null : !verdict);
    return { ">": above, "<=": not(above), "<": below, ">=": not(below), "==": equal, "!=": not(equal) }[operator];
  }
}

function at(number, comparator = "") {
  if (comparator.startsWith("<")) return new Interval(ZERO, number, false, comparator === "<");
  if (comparator.startsWith(">")) return new Interval(number, HUNDRED, comparator === ">", false);
  return new Interval(number, number);
}

export function readPercent(value) {
  if (value instanceof Decimal) return at(exact(value.text));
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return fromObject(value);
  if (typeof value !== "string") throw new Refused("not a percentage");
  const text = value.trim();
  const grade = GRADES[text.toUpperCase()];
  if (grade) return new Interval(exact(grade[0]), exact(grade[1]), text.toUpperCase() === "M3");
  const count = COUNT.exec(text);
  if (count) return fromCount(BigInt(count[1]), BigInt(count[2]));
  const range = RANGE.exec(text);
  if (range) return new Interval(exact(range[1]), exact(range[2]));
  const spelling = SPELLING.exec(text.replace("≤", "<=").replace("≥", ">="));
  if (!spelling) throw new Refused("not a percentage");
  return at(exact(spelling[2]), spelling[1]);
}

export function readNumber(value) {
  if (typeof value !== "string" && !(value instanceof Decimal)) throw new Refused("not a number");
  const number = exact(String(value));
  return new Interval(number, number, false, false, HIGHEST);
}

function fromCount(blasts, cells) {
  if (cells === 0n || blasts > cells) throw new Refused("not a count of cells");
  const share = { top: 100n * blasts, bottom: cells };
  return new Interval(share, share);
}

const SIGNS = { "=": "", "≤": "<=", "≥": ">=" };

function fromObject({ value, unit, comparator, cells_counted, ...more }) {
  if (Object.keys(more).length || ![undefined, null, "%", "1"].includes(unit)) throw new Refused("unknown key or unit");
  if (cells_counted != null) wholeFrom(1n, cells_counted);
  if (!["", "=", "<", "<=", ">", ">=", "≤", "≥"].includes(comparator ?? "")) throw new Refused("comparator");
  if (unit !== "1" && !comparator && typeof value === "string") return readPercent(value);
  if (typeof value !== "string" && !(value instanceof Decimal)) throw new Refused("not a number");
  const number = exact(String(value)), sign = SIGNS[comparator] ?? comparator ?? "";
  return at(unit === "1" ? { top: 100n * number.top, bottom: number.bottom } : number, sign);
}
