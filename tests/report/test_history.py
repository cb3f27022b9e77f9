"""The history: what is stored comes back, to its owner only, and damage is noticed."""

import json
import os
import random
import secrets
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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


@pytest.mark.parametrize("mode", [None, 0o755, 0o777])
def test_the_folder_and_the_files_are_private_whatever_the_folder_was(history, mode):
    if mode is not None:
        history.path.parent.mkdir()
        history.path.parent.chmod(mode)
    history.add(make_report(), owner=ME)
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700
    with closing(sqlite3.connect(history.path)) as database:  # keeps the files beside it there
        database.execute("SELECT * FROM reports").fetchall()
        assert {stat.S_IMODE(path.stat().st_mode) for path in history.path.parent.iterdir()} == {0o600}


COLUMNS = {
    "reports": ("owner", "at", "name", "target", "headline", "fingerprint", "body", "sha256"),
    "experiments": ("at", "body", "sha256"),
}


@pytest.mark.parametrize(("table", "column"), [(table, one) for table, of in COLUMNS.items() for one in of])
def test_one_flipped_bit_anywhere_in_a_record_is_noticed(history, table, column):
    key = history.add(make_report(), owner=ME)
    history.add_experiment(Experiment("wider"), owner=ME)
    rng = random.Random(f"{table}{column}")
    with closing(sqlite3.connect(history.path, isolation_level=None)) as database:
        (before,) = database.execute(f"SELECT {column} FROM {table}").fetchone()
        for _ in range(25):
            flipped = bytearray(before.encode())
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(7)
            database.execute(f"UPDATE {table} SET {column} = ?", (flipped.decode(errors="replace"),))
            with pytest.raises(DataError, match="altered"):
                history.get(key, ME) if table == "reports" else history.experiments(ME)
            if table == "reports" and column not in ("owner", "body"):
                assert [one.altered for one in history.list(ME)] == [True]


def test_a_record_with_the_older_checksum_of_its_body_is_still_read(history):
    key = history.add(make_report(), owner=ME)
    with closing(sqlite3.connect(history.path, isolation_level=None)) as database:
        database.execute("UPDATE reports SET sha256 = substr(sha256, -64)")
    assert history.get(key, ME).dataset.name
    assert [one.altered for one in history.list(ME)] == [False]


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


@pytest.mark.parametrize("attempt", range(5))
def test_several_first_writers_in_several_processes_all_keep_theirs(tmp_path, attempt):
    script = (
        "import sys; from pathlib import Path; from dldiag.report.history import *; input(); "
        "History(Path(sys.argv[1])).add_experiment(Experiment(sys.argv[3]), owner=sys.argv[2])"
    )
    root, command = Path(__file__).parents[2], [sys.executable, "-c", script, str(tmp_path / "new"), ME]
    if attempt:  # without the time that imports take, in threads
        with ThreadPoolExecutor(16) as pool:
            kept = [History(tmp_path / "new") for _ in range(16)]
            list(pool.map(lambda one: one[1].add_experiment(Experiment(str(one[0])), owner=ME), enumerate(kept)))
    else:
        started = [subprocess.Popen([*command, str(k)], cwd=root, stdin=subprocess.PIPE) for k in range(3)]
        for one in started:
            one.communicate(b"\n")
        assert [one.returncode for one in started] == [0] * 3
    assert len(History(tmp_path / "new").experiments(ME)) == (16 if attempt else 3)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or (os.geteuid() == 0 and not shutil.which("setpriv")),
    reason="root may write everywhere, and there is no setpriv to give that right up",
)
def test_a_history_that_cannot_be_written_can_be_read(history):
    history.add(make_report(), owner=ME)
    history.add_experiment(Experiment("kept"), owner=ME)
    for path, mode in ((history.path, 0o444), (history.path.parent, 0o555)):
        path.chmod(mode)
    folder = history.path.parent
    script = (
        "import os, sys; from pathlib import Path; from dldiag.report.history import *; from dldiag import DataError\n"
        "history = History(Path(sys.argv[1]))\n"
        "assert len(history.list(sys.argv[2])) == 1 and history.get(history.list(sys.argv[2])[0].id, sys.argv[2])\n"
        "print(history.experiments(sys.argv[2])[0].idea)\n"
        "try: history.add_experiment(Experiment('more'), owner=sys.argv[2])\n"
        "except DataError as error: print(error)\n"
    )
    command, root = [sys.executable, "-c", script, str(folder), ME], Path(__file__).parents[2]
    if os.geteuid() == 0:  # root may write everywhere; without this right it is like anybody else
        command = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", *command]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    folder.chmod(0o700)
    assert done.stdout.splitlines()[0] == "kept", done.stderr
    assert "cannot be used" in done.stdout


def test_a_full_disk_is_reported_in_plain_words(history, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dldiag.report.history.os.open", full)
    with pytest.raises(DataError, match="No space left on device"):
        history.add_experiment(Experiment("x"), owner=ME)


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


def test_a_run_gets_a_name_a_note_and_tags_that_its_owner_alone_sees(history):
    key = history.add(make_report("variance"), owner=ME)
    (before,) = history.list(ME)
    assert before.label.dev_error is not None
    assert before.label.settings["hidden_layer_sizes"] == ([100], [4])
    history.describe(key, ME, name=" Best so far ", note="with  L2", tags=["a", " a ", "", "b"])
    (label,) = [one.label for one in history.list(ME)]
    assert (label.name, label.note, label.tags) == ("Best so far", "with  L2", ("a", "b"))
    assert label.dev_error == before.label.dev_error
    with pytest.raises(KeyError):
        history.describe(key, OTHER, name="mine", note="", tags=[])
    assert history.list(OTHER) == ()
    history.remove(key, ME)
    with closing(sqlite3.connect(history.path)) as database:
        assert database.execute("SELECT count(*) FROM labels").fetchone() == (0,)


def test_a_history_of_an_earlier_version_is_listed_and_can_be_named(history):
    key = history.add(make_report(), owner=ME)
    with closing(sqlite3.connect(history.path)) as database:
        database.execute("DROP TABLE labels")
        database.commit()
    (old,) = history.list(ME)
    assert (old.id, old.label.name) == (key, "")
    history.describe(key, ME, name="old", note="", tags=[])
    assert history.list(ME)[0].label.model == "Neural network"


def test_the_same_experiment_is_kept_once(history):
    one = Experiment("wider", {"hidden_layer_sizes": [64, 64]}, "better", table="a.csv", metric="error")
    assert history.add_experiment(one, owner=ME)
    assert history.add_experiment(one, owner=ME) == ""
    assert history.add_experiment(one, owner=OTHER)
    assert history.add_experiment(Experiment("wider", result="worse", table="a.csv"), owner=ME)
    assert [found.result for found in history.experiments(ME)] == ["better", "worse"]
