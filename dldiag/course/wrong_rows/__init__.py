"""Error analysis: counting wrong rows by category, how many to look at, and wrong labels among them."""
