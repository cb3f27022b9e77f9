"""What a page shows: upload, target, progress, the report."""
