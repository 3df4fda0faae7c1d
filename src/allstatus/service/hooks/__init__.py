"""CDS Hooks: what is asked, the cards that answer, and what was made of them."""
