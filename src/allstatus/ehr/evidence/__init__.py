"""What a chart's statements are evidence of, and what they leave in doubt."""
