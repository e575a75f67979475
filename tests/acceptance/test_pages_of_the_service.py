"""The officers' pages beside a running service: served by it, and said so where they cannot be."""

import http.client
import socket
from pathlib import Path

from installation import Installation
from letters_in import mail
from servers import free_port


def test_pages_that_cannot_be_served_are_seen_in_health_until_they_are(installation: Installation) -> None:
    """Another program has their port; mail is read all the same. Started anew, nothing is amiss."""
    box = _maildir(installation.folder / "box")
    health, port = free_port(), free_port()
    installation.configure(
        f'[[mailboxes]]\nname = "complaints"\nkind = "maildir"\npath = "{box}"\n',
        f'[queue]\nlisten = "127.0.0.1:{port}"\nhttps = false\n',
    )
    text = installation.settings.read_text(encoding="utf-8")
    listens = f'[service]\nhealth_listen = "127.0.0.1:{health}"'
    installation.settings.write_text(text.replace("[service]", listens, 1), encoding="utf-8")
    with socket.create_server(("127.0.0.1", port)):
        running = installation.start()
        assert "cannot be listened on" in running.wait_for("pages_failed", timeout=90)["why"]
        running.wait_for("started")
        assert "pages" in _unhealthy(health)
        running.stop()
    running = installation.start()
    running.wait_for("pages_ready", timeout=90)
    running.wait_for("started")
    assert "pages" not in _unhealthy(health)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/sign-in")
    assert connection.getresponse().status == 200
    connection.close()
    assert running.stop() < 10


def _maildir(folder: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1").write_bytes(mail())
    return folder


def _unhealthy(port: int) -> str:
    """Return what /healthz says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    connection.request("GET", "/healthz")
    found = connection.getresponse().read().decode()
    connection.close()
    return found
