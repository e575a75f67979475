"""What the pages ask of the parts of Heard that lie above them: a port, implemented in `operations/`."""

from typing import Protocol


class BackOffice(Protocol):
    """Health, classifier and settings, as the pages of the manager and the administrator show them."""

    def settings_in_view(self) -> dict[str, object]:
        """Return what the settings say, secrets left out."""
        ...
