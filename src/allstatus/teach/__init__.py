"""Material for teaching, made from the rules."""
