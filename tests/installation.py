"""An installation of Heard as an administrator would have it: settings, a data directory, processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HEARD = str(Path(sys.executable).parent / "heard")

_HOUSE = """
[organisation]
name = "Harrowmere Council"
team = "Complaints Team"
email = "complaints@harrowmere.example"
"""


class Installation:
    """Settings, data and processes in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.settings = folder / "heard.toml"
        self.data.mkdir(parents=True)
        self._processes: list[subprocess.Popen[bytes]] = []

    def configure(self, *tables: str, poll_seconds: int = 1) -> None:
        """Write the settings from TOML tables; without the officers' pages unless a table says so."""
        service = f"[service]\npoll_seconds = {poll_seconds}\ndeliver_seconds = 1\nguard_seconds = 1\n"
        has_pages = any(table.lstrip().startswith("[queue]") for table in tables)
        pages = "" if has_pages else '[queue]\nlisten = ""\n'
        text = "\n".join([f'data = "{self.data}"', _HOUSE, service, pages, *tables])
        self.settings.write_text(text, encoding="utf-8")

    def run(
        self,
        *arguments: str,
        given: bytes = b"",
        before: Callable[[], None] | None = None,
        **environment: str,
    ) -> "Finished":
        """Run a command to its end; `before` is called in the new process just before it begins."""
        done = subprocess.run(
            [HEARD, "--settings", str(self.settings), *arguments],
            input=given,
            capture_output=True,
            env=_environment(environment),
            cwd=self.folder,
            timeout=180,
            check=False,
            preexec_fn=before,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, **environment: str) -> "Running":
        """Start `heard run`; what it logs goes to a file."""
        log = self.folder / f"run-{len(self._processes)}.log"
        with log.open("wb") as target:
            process = subprocess.Popen(
                [HEARD, "--settings", str(self.settings), "run"],
                stdout=target,
                stderr=target,
                env=_environment(environment),
                cwd=self.folder,
            )
        self._processes.append(process)
        return Running(process, log)

    def kill_all(self) -> None:
        """Leave no process behind."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()


class Finished:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """Return what it printed as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Return what it printed as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Running:
    """A `heard run` that is on its way."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log = process, log

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return what it logged, or the events of one name."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [event for event in found if name is None or event["event"] == name]

    def wait_for(self, name: str, *, timeout: float = 30) -> dict[str, Any]:
        """Wait until an event of that name was logged."""
        wait_until(lambda: bool(self.events(name)), what=f"the event {name}", log=self.log, timeout=timeout)
        return self.events(name)[-1]

    def stop(self) -> float:
        """Send SIGTERM and return the seconds until it had ended."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - begun

    def wait_until_killed(self, *, timeout: float = 60) -> None:
        """Wait until SIGKILL has ended it."""
        assert self.process.wait(timeout=timeout) == -signal.SIGKILL, self.log.read_text()[-2000:]


def wait_until(is_so: Callable[[], bool], *, what: str, log: Path | None = None, timeout: float = 30) -> None:
    """Wait until something is so; fail with the end of a log where it does not come about."""
    deadline = time.monotonic() + timeout
    while not is_so():
        if time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8")[-3000:] if log else ""
            raise AssertionError(f"{what} did not come within {timeout} s\n{tail}")
        time.sleep(0.05)


def imap_table(server: Any, user: str, *, name: str = "complaints", more: str = "") -> str:
    """Return the settings of a mailbox on a Dovecot of the tests, over TLS."""
    return f"""
[[mailboxes]]
name = "{name}"
host = "127.0.0.1"
port = {server.tls_port}
security = "tls"
ca_file = "{server.certificate}"
username = "{user}"
password = {{ env = "TEST_IMAP_PASSWORD" }}
{more}
"""


def smtp_table(server: Any) -> str:
    """Return the settings for an SMTP server of the tests, in plain text on loopback."""
    return f"""
[sending]
kind = "smtp"
host = "127.0.0.1"
port = {server.port}
security = "plain"
"""


def _environment(more: dict[str, str]) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HEARD_")}
    return {**clean, "TEST_IMAP_PASSWORD": "secret", **more}
