"""What happens to a case: one module per thing that happens, each one unit of work."""
