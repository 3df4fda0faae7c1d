"""Why this answer, why not another, what would change it, what to ask next: all read off the
decision table.
"""
