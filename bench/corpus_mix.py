"""Messages to measure with: the corpus's own texts, cut and joined to a wanted length, always the same."""

import json
import random
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "triage" / "corpus" / "training"


def rows() -> list[dict[str, Any]]:
    """Return every message of the training corpus."""
    files = sorted(CORPUS.glob("*.jsonl"))
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line
    ]


def lines_of(words: int, *, count: int, seed: int = 1) -> Iterator[str]:
    """Yield JSON lines for `heard triage`, each body of so many words."""
    drawn, found = random.Random(seed), rows()  # noqa: S311  # a benchmark's mix, not a secret
    for number in range(count):
        body: list[str] = []
        row = drawn.choice(found)
        while len(body) < words:
            body += drawn.choice(found)["body"].split()
        yield json.dumps(
            {
                "id": str(number),
                "subject": row["subject"],
                "body": " ".join(body[:words]),
                "received": row["received"],
            }
        )


def mails(*, count: int, seed: int = 2, photo_every: int = 8) -> Iterator[bytes]:
    """Yield mails of mixed sizes: most a few kB, some with HTML, one in eight with a photo up to 150 kB."""
    drawn, found = random.Random(seed), rows()  # noqa: S311  # a benchmark's mix, not a secret
    for number in range(count):
        row = drawn.choice(found)
        message = EmailMessage()
        message["From"] = f"Resident {number} <resident{number}@example.org>"
        message["To"] = "complaints@harrowmere.example"
        message["Subject"] = " ".join(str(row["subject"]).split())[:150]
        message["Message-ID"] = f"<bench.{number}@example.org>"
        message["Date"] = "Mon, 16 Nov 2026 09:00:00 +0000"
        message.set_content(row["body"])
        if number % 3 == 0:
            paragraphs = "".join(f"<p style='font-size:11pt'>{line}</p>" for line in row["body"].split("\n"))
            message.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
        if number % photo_every == 0:
            content = drawn.randbytes(drawn.choice((20_000, 60_000, 150_000)))
            message.add_attachment(content, maintype="image", subtype="jpeg", filename="photo.jpg")
        yield message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
