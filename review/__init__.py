"""Officers arrive: what the queue shows them."""
