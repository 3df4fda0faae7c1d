"""Proofs about a rule set, comparisons of two, and a rule set against its page."""
