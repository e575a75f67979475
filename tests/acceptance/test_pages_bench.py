"""The benchmark of the pages, run small: both records are built, every page is asked for, officers click."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "pages_speed.py"


@pytest.mark.usefixtures("postgres")
def test_officers_click_through_a_small_record_without_a_fault(tmp_path: Path) -> None:
    """Every page answers on both databases, rulings among them, and the table says how fast."""
    done = subprocess.run(
        [sys.executable, str(BENCH), "--cases", "2000", "--officers", "8", "--seconds", "4",
         "--rounds", "3", "--budget", "20000", "--folder", str(tmp_path)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("faults: none; rulings refused: 0") == 2
    assert "sqlite" in done.stdout
    assert "postgresql" in done.stdout
