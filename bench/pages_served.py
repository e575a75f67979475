"""Serves the officers' pages over a record, as `heard serve` does, until its standard input ends."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from pages import Pages

from models.unit_of_work import make_engine
from operations.serve_pages import PagesServer


def main() -> None:
    """Serve."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(make_engine(sys.argv[1]), Path(folder))
        server = PagesServer(pages.app, "127.0.0.1:0")
        print(server.port, flush=True)
        sys.stdin.read()
        server.close()


if __name__ == "__main__":
    main()
