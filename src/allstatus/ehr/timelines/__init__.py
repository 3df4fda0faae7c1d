"""The days of a chart, each with its facts and decision."""
