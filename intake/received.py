"""When the council's own server received a mail, as the mail itself says."""

from datetime import datetime

from intake.headers import Headers
from intake.repair import MOST_HEADER_BYTES


def received_by_us(raw: bytes | None) -> datetime | None:
    """Return the instant of the top Received header; the Date header is only a claim (fact 1)."""
    head = (raw or b"")[:MOST_HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    unfolded = head.replace(b"\n ", b" ").replace(b"\n\t", b" ").decode("latin-1")
    fields = (line.partition(":") for line in unfolded.split("\n"))
    return Headers((name.strip(), value) for name, _, value in fields).instant("received")
