"""How an answer reads: text, HTML and what they share."""
