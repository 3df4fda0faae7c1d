// A parameter as the public CQL engine takes it: a number as an interval.
import cql from "cql-execution";

export const parameter = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? new cql.Interval(value.low, value.high, value.lowClosed, value.highClosed)
    : value;
