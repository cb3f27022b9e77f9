"""What a column is: numbers, dates, categories, text, and what counts as missing."""
