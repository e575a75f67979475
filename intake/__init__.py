"""Mail arrives: fetched, kept, parsed, sorted, and turned into cases."""
