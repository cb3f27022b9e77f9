"""What the command line writes goes where it was told to, whole, and what cannot be written is refused before the work."""

import os
import threading
from argparse import Namespace

import pytest

from dldiag.cli.outputs import check_outputs, write_outputs
from dldiag.core.params import SettingError
from dldiag.diagnosis.from_metrics import GivenNumbers, diagnose_numbers


@pytest.fixture(scope="module")
def report():
    return diagnose_numbers(GivenNumbers(train_error=0.1, dev_error=0.2))


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(report, tmp_path):
    given = Namespace(json=str(tmp_path / "report.json"), html=str(tmp_path / "report.html"))
    check_outputs(given)
    assert list(tmp_path.iterdir()) == []
    write_outputs(given, report)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["report.html", "report.json"]


def test_a_link_stays_one_and_what_it_leads_to_is_written(report, tmp_path):
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "link.json", tmp_path / "there" / "report.json"
    link.symlink_to(target)
    for _ in range(2):  # to a file that is not there yet, and to one that is
        check_outputs(Namespace(json=str(link)))
        write_outputs(Namespace(json=str(link)), report)
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8").startswith("{")
    assert len(list((tmp_path / "there").iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
def test_what_is_no_file_is_written_to_and_stays_what_it_is(report, tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    check_outputs(Namespace(json=str(pipe)))  # does not wait for a reader
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_outputs(Namespace(json=str(pipe)), report)
    reader.join(timeout=10)
    assert read[0].startswith("{")
    assert pipe.is_fifo()


def test_two_outputs_at_one_path_are_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for other in ("out", "link", "../" + tmp_path.name + "/out"):
        with pytest.raises(SettingError, match="Two outputs"):
            check_outputs(Namespace(json=str(tmp_path / "out"), html=str(tmp_path / other)))


@pytest.mark.parametrize("name", ["", "x" * 300, "nowhere/out", "loop"], ids=["empty", "too long", "no folder", "loop"])
def test_what_cannot_be_written_is_refused_before_the_work(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SettingError, match="cannot be written"):
        check_outputs(Namespace(json=name))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused_before_the_work(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(SettingError, match="cannot be written"):
        check_outputs(Namespace(json=str(tmp_path / "out")))
