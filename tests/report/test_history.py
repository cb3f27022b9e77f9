"""The history: what is stored comes back, to its owner only, and damage is noticed."""

import json
import secrets
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dldiag.core.home import home
from dldiag.core.types import DataError
from dldiag.report import to_json
from dldiag.report.history import Experiment, History
from tests.reports import make_report

ME, OTHER = secrets.token_urlsafe(24), secrets.token_urlsafe(24)


@pytest.fixture
def history(tmp_path) -> History:
    return History(tmp_path / "kept")


def test_a_report_comes_back_as_it_was(history):
    report = make_report(trials=True)
    key = history.add(report, owner=ME)
    assert json.loads(to_json(history.get(key, ME))) == json.loads(to_json(report))


def test_reports_are_listed_newest_first(history):
    for case in ("bias", "variance", "neither"):
        history.add(make_report(case), owner=ME)
    headlines = [past.headline for past in history.list(ME)]
    assert [headline.split(":")[0] for headline in headlines] == [
        "Neither high bias nor high variance",
        "High variance",
        "High bias",
    ]


def test_another_owner_sees_nothing(history):
    key = history.add(make_report(), owner=ME)
    history.add_experiment(Experiment("wider"), owner=ME)
    assert history.list(OTHER) == ()
    assert history.experiments(OTHER) == ()
    with pytest.raises(KeyError):
        history.get(key, OTHER)
    history.remove(key, OTHER)
    assert history.get(key, ME)


def test_a_removed_report_is_gone(history):
    key = history.add(make_report(), owner=ME)
    history.remove(key, ME)
    assert history.list(ME) == ()


def test_the_file_gives_no_owner_token_away(history):
    history.add(make_report(), owner=ME)
    assert ME.encode() not in b"".join(part.read_bytes() for part in history.path.parent.iterdir())


def test_nothing_is_made_before_something_is_kept(history):
    assert history.list(ME) == ()
    assert not history.path.parent.exists()


def test_the_folder_is_private(history):
    history.add(make_report(), owner=ME)
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("table", ["reports", "experiments"])
def test_an_altered_record_is_refused(history, table):
    key = history.add(make_report(), owner=ME)
    history.add_experiment(Experiment("wider"), owner=ME)
    database = sqlite3.connect(history.path)
    database.execute(f"UPDATE {table} SET body = replace(body, 'e', 'a')")
    database.commit()
    database.close()
    with pytest.raises(DataError, match="altered"):
        history.get(key, ME) if table == "reports" else history.experiments(ME)


def test_a_file_that_is_no_database_is_reported_in_plain_words(history):
    history.path.parent.mkdir()
    history.path.write_bytes(b"something else" * 100)
    with pytest.raises(DataError, match="cannot be used"):
        history.list(ME)


def test_experiments_keep_their_order_and_values(history):
    first = Experiment("a bigger network", {"hidden_layer_sizes": [64, 64]}, "dev error 18 % to 11 %", "train longer")
    history.add_experiment(first, owner=ME)
    history.add_experiment(Experiment("train longer", source="trial"), owner=ME)
    found = history.experiments(ME)
    assert [one.idea for one in found] == ["a bigger network", "train longer"]
    assert found[0].changed == first.changed
    assert found[0].next_idea == first.next_idea
    assert found[0].at < found[1].at


def test_many_writers_at_once_lose_nothing(history):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: history.add_experiment(Experiment(str(i)), owner=ME), range(40)))
    assert sorted(int(one.idea) for one in history.experiments(ME)) == list(range(40))


def test_what_was_kept_survives_a_killed_process(history):
    script = (
        "import os, sys; from pathlib import Path; from dldiag.report.history import *; "
        "History(Path(sys.argv[1])).add_experiment(Experiment('kept'), owner=sys.argv[2]); os._exit(9)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(history.path.parent), ME], cwd=root, check=False)
    assert done.returncode == 9
    assert [one.idea for one in history.experiments(ME)] == ["kept"]


def test_the_place_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("DLDIAG_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if sys.platform == "linux":
        assert home() == tmp_path / "data" / "dldiag"
