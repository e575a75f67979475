"""Makes the unit tests the same on every run: Hypothesis draws the same examples and keeps none."""

from hypothesis import settings

settings.register_profile("unit", derandomize=True, database=None, deadline=None)
settings.load_profile("unit")
