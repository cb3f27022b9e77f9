"""The bar on a terminal: one line that fits, drawn again in its place, and nothing where nobody looks."""

import io
import re

import pytest

from dldiag.cli.main import main
from dldiag.cli.progress import clear_progress, progress_line, progress_meter
from dldiag.core.i18n import Message
from dldiag.core.types import Progress


def test_one_line_is_drawn_again_in_its_place_and_cleared():
    out = io.StringIO()
    show = progress_meter(out)
    for done in (0, 5, 10):
        show(Progress(Message("Learning curves"), done, 10, 10.0 - done))
    clear_progress(out)
    text = out.getvalue()
    assert "\n" not in text
    assert text.endswith("\r\033[K")
    assert re.findall(r"(\d+)%", text) == ["0", "50", "100"]
    assert [part.count("█") for part in text.split("\r")[1:4]] == [0, 12, 24]


@pytest.mark.parametrize("width", [10, 30, 60, 200])
def test_the_line_fits_the_terminal(width):
    line = progress_line(Progress(Message("Trying the recommended remedies"), 3, 244, 125.0), width)
    assert len(line) < width


def test_a_stage_without_a_total_has_an_empty_bar():
    assert "█" not in progress_line(Progress(Message("Learning curves"), 3, 0), 100)


def test_nothing_is_drawn_where_stderr_is_no_terminal(tmp_path, capsys):
    path = tmp_path / "rows.csv"
    rows = "\n".join(f"{i % 7},{i % 3},{'a' if i % 7 > 3 else 'b'}" for i in range(60))
    path.write_text(f"x,z,y\n{rows}", encoding="utf-8")
    command = ["diagnose", str(path), "--target", "y", "--model", "linear", "--budget", "quick", "--sizes", "2",
               "--repeats", "3", "--trials", "0", "--jobs", "1", "--baselines", "linear"]  # fmt: skip
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    assert main([*command, "--progress", "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "Learning curves" in said.err
