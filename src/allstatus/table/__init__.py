"""What follows from the rules: facts, the decision table, named assumptions, engines."""
