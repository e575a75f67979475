"""The letters that Heard writes and how they leave the house."""
