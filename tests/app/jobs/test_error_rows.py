"""The rows that a model gets wrong: lists of plain cells, which a job can write."""

import pandas as pd

from dldiag.app.jobs.error_rows import ErrorLists, _columns, error_rows_job
from dldiag.app.jobs.job_kinds import ErrorRowsJob
from dldiag.app.storage import codec
from dldiag.core.settings import Settings
from tests.app.drawing import IRIS

QUICK = Settings(budget="quick", sizes=2, repeats=3, baselines=("linear",), trials=0)


def test_cells_are_plain():
    table = pd.DataFrame({"when": pd.to_datetime(["2024-01-02", None]), "n": [1.5, None], "t": ["a", None]})
    assert _columns(table) == {"when": ("2024-01-02 00:00:00", None), "n": (1.5, None), "t": ("a", None)}


def test_the_worst_rows_come_with_their_columns_and_survive_the_codec():
    seen = []
    asked = ErrorRowsJob(data=IRIS, model={"hidden_layer_sizes": (1,), "max_iter": 5}, settings=QUICK)
    found = codec.from_bytes(codec.to_bytes(error_rows_job(asked, seen.append, lambda: False)), ErrorLists)
    assert {"row", "petal length (cm)"} <= set(found.worst)
    losses = found.worst["loss"]
    assert list(losses) == sorted(losses, reverse=True)
    assert found.drawn is not None, "some rows are wrong"
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert seen[-1].done == seen[-1].total
