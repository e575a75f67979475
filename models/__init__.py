"""The case and what it is made of; imports nothing of ours from above."""
