"""What systems and codes mean: tables, ours and a site's, and what none of them knows."""
