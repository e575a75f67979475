"""Unit tests: no socket, no database. A package, so that pytest finds builders.py and fakes.py."""
