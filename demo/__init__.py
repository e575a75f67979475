"""The demonstration: forty invented messages, and what should come of each."""
