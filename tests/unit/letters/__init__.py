"""Tests of letters/."""
