"""The commands of `heard`, grouped by what they are about."""
