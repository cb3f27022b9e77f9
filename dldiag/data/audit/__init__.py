"""What a table shows before anything is trained: leakage, duplicates, groups, time, scales, totals."""
