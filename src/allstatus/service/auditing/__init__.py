"""Each decision on record before its caller has it: rows, their chain, what keeps them."""
