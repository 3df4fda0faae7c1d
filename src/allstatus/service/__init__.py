"""What a hospital runs next to its EHR: CDS Hooks, REST, an explanation page for each decision, and
an audit.
"""
