"""Why deep learning took off: error against rows."""
