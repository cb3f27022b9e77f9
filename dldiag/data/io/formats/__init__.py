"""Files that carry their own types: Excel, Parquet, JSON lines."""
