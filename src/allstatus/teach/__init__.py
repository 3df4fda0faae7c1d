"""Teaching: one page that runs the rules, exercises that find the edges, and pictures."""
