"""What the dashboard remembers: sessions, uploads, tables, history."""
