"""What the page says: rule sets loaded, checked and locked."""
