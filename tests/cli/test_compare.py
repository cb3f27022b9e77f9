"""`dldiag compare`: two reports side by side, and one plain line for what is no report."""

from dldiag.cli.main import main
from dldiag.report import to_json
from dldiag.report.text import WIDTH
from tests.reports import make_report


def written(folder, name, report):
    path = folder / name
    path.write_text(to_json(report), encoding="utf-8")
    return str(path)


def test_two_runs_are_written_side_by_side(tmp_path, capsys):
    first = make_report("variance")
    second = make_report("bias", settings={**first.settings, "seed": 1})
    files = [written(tmp_path, name, one) for name, one in (("a.json", first), ("b.json", second))]
    assert main(["compare", *files]) == 0
    said = capsys.readouterr().out
    assert "did not use the same rows" in said
    assert "14.8%" in said and "18.3%" in said
    assert "What differs" in said


def test_what_is_no_report_is_refused_in_one_line(tmp_path, capsys):
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["compare", str(path), str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_three_runs_are_compared_with_the_first(tmp_path, capsys):
    runs = [make_report(case) for case in ("variance", "bias", "neither")]
    (tmp_path / "x").mkdir()
    files = [written(tmp_path, "a.json", runs[0]), written(tmp_path, "b.json", runs[1])]
    files.append(written(tmp_path / "x", "b.json", runs[2]))
    assert main(["compare", *files]) == 0
    said = capsys.readouterr().out
    assert [line[:5] for line in said.splitlines() if line.startswith("b (")] == ["b (2)", "b (3)"]
    assert "14.8%" in said and "18.3%" in said and "6.9%" in said


def test_long_cells_are_written_below_each_other_within_the_width(tmp_path, capsys):
    runs = [make_report(case) for case in ("variance", "bias")]
    files = [written(tmp_path, name, one) for name, one in zip(("a.json", "b.json"), runs, strict=True)]
    assert main(["compare", *files]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert not [line for line in lines if line.startswith(" " * 20)]


def test_a_run_beside_itself_has_the_same_error(tmp_path, capsys):
    file = written(tmp_path, "a.json", make_report("variance"))
    assert main(["compare", file, file]) == 0
    assert "has the same dev error as the first run" in capsys.readouterr().out
