"""What the bootstrap sets up for everything below it."""

import json

import pytest

from bootstrap import configure_log


def test_no_address_that_a_server_names_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Why something failed is logged without the people in it; everything else as it is."""
    configure_log(is_service=True).warning("sender_away", why="550 <ann@example.org> unknown", letter=3)
    logged = json.loads(capsys.readouterr().err)
    assert logged["why"] == "550 (address) unknown"
    assert logged["letter"] == 3
