"""The same statements by Z3, from the rule files themselves; the only package that imports z3."""
