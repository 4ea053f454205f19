"""What people look at: words, tables, pictures, reports."""
