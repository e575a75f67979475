"""Serves the officers' pages over a record, as `heard serve` does, until its standard input ends."""

import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from pages import Pages
from waitress import create_server

from models.unit_of_work import make_engine

THREADS = 16


def main() -> None:
    """Serve."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(make_engine(sys.argv[1]), Path(folder))
        pages.flask.config["WTF_CSRF_ENABLED"] = True
        server: Any = create_server(pages.flask, host="127.0.0.1", port=0, threads=THREADS)
        threading.Thread(target=server.run, daemon=True).start()
        print(server.effective_port, flush=True)
        sys.stdin.read()
        server.close()


if __name__ == "__main__":
    main()
