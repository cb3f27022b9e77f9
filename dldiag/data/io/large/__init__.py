"""Files beyond memory: read once in parts, every row counted, some drawn."""
