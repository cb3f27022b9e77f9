"""dldiag: bias/variance diagnosis with evidence, and remedies tried on your own data."""
