"""From evidence to the facts of one day."""
