"""The answer: a record classified, the decision as a value, its options and its JSON."""
