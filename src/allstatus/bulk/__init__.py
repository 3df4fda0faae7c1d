"""Many records at once: columns (Arrow), SQL, and what reading and writing large files needs."""
