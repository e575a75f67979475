"""Signs and encrypts with openssl and a certificate that lives for one run, for the messages in tests/mail.

What comes out differs from run to run, so the bytes are kept in the messages themselves.
"""

import subprocess
import tempfile
from pathlib import Path


class Sealer:
    """A throw-away certificate and what openssl does with it."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        self._folder = Path(self._place.name)
        self._run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
            "-days", "3650", "-subj", "/CN=Brenda Oakes/emailAddress=brenda.oakes@example.org",
        )  # fmt: skip

    def signed(self, content: bytes, *, form: str = "DER", streams: bool = False) -> bytes:
        """Return opaque signed data; `streams` writes indefinite lengths, as large mails have them."""
        more = ["-stream"] if streams else []
        return self._cms(
            "-sign",
            "-signer",
            "cert.pem",
            "-inkey",
            "key.pem",
            "-nodetach",
            *more,
            content=content,
            form=form,
        )

    def signature(self, content: bytes) -> bytes:
        """Return a detached signature."""
        return self._cms("-sign", "-signer", "cert.pem", "-inkey", "key.pem", content=content, form="DER")

    def encrypted(self, content: bytes) -> bytes:
        """Return enveloped data."""
        return self._cms("-encrypt", "-aes256", "cert.pem", content=content, form="DER")

    def compressed(self, content: bytes) -> bytes:
        """Return compressed data."""
        return self._cms("-compress", content=content, form="DER")

    def _cms(self, *arguments: str, content: bytes, form: str) -> bytes:
        (self._folder / "in").write_bytes(content)
        action, *rest = arguments
        files = [each for each in rest if each.endswith(".pem") and action == "-encrypt"]
        others = [each for each in rest if each not in files]
        self._run("cms", action, "-binary", "-in", "in", "-out", "out", "-outform", form, *others, *files)
        return (self._folder / "out").read_bytes()

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
