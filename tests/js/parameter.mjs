// A parameter as the public CQL engine takes it: a number as an interval, closed at both ends: the engine
// takes a whole number for an Integer, and so takes an open end at 6 for 5 where a Decimal's is 5.99999999.
import cql from "cql-execution";

const STEP = 1e-8; // from one CQL Decimal to the next

export const parameter = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? new cql.Interval(value.low + (value.lowClosed ? 0 : STEP), value.high - (value.highClosed ? 0 : STEP), true, true)
    : value;
