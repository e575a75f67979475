"""The reading process with a few ways to misbehave, for the tests of what keeps it in bounds."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from intake import reading_process
from intake.wire import Frame


def loop(_raw: bytes, _asked: dict[str, Any]) -> Frame:
    """Use processor time without end."""
    while True:
        pass


def sleep(_raw: bytes, _asked: dict[str, Any]) -> Frame:
    """Do nothing for longer than anybody waits."""
    time.sleep(600)
    return Frame({})


def hoard(_raw: bytes, _asked: dict[str, Any]) -> Frame:
    """Take ever more memory."""
    kept = []
    while True:
        kept.append(bytes(50_000_000))


def die(_raw: bytes, _asked: dict[str, Any]) -> Frame:
    """Die as a fault in a library's C code would have it."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return Frame({})


def escape(_raw: bytes, _asked: dict[str, Any]) -> Frame:
    """Try to write a file, and tell what is in the environment."""
    try:
        Path("/tmp/heard-escaped").write_bytes(b"x")  # noqa: S108  # It must not be written.
        wrote = "written"
    except OSError as error:
        wrote = str(error)
    return Frame({"wrote": wrote, "environment": sorted(os.environ)})


reading_process.READERS.update(loop=loop, sleep=sleep, hoard=hoard, die=die, escape=escape)

if __name__ == "__main__":
    reading_process.main()
