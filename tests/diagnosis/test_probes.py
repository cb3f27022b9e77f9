"""Short runs of remedies: when a costly setting begins."""

from dldiag.data.split import make_split
from dldiag.diagnosis.probes import _Race
from dldiag.diagnosis.race import FIRST_LOOK, looks
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model, changed
from tests.problems import checkerboard

REPEATS = 6


def test_a_costly_setting_begins_when_a_cheaper_one_of_its_remedy_has_stayed_for_two_looks():
    data = checkerboard()
    fits = FitCache(data, make_split(data, REPEATS, 0))
    model = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60})
    changes = [{"hidden_layer_sizes": (32,)}, {"hidden_layer_sizes": (48,)}]
    entries = [("bigger_network", change, changed(model, change)) for change in changes]
    cheap, costly = (entry[2].identity for entry in entries)
    dev_rows = [repeat.dev_rows for repeat in fits.split.repeats[:REPEATS]]
    fits.fit([model], [fits.split.n_train], range(REPEATS))
    order = []
    race = _Race(
        fits, model, fits.split.n_train, dev_rows, 0.01, {}, {f"bigger_network {costly}"},
        lambda result: order.append((result.task.key[0], result.task.key[2])),
    )  # fmt: skip
    runs = race.run(entries)
    second_look = looks(REPEATS)[1]
    assert len(runs[0].after) == REPEATS, "the cheaper one helps, so it stays to the end"
    assert len(runs[1].after) >= second_look
    of_cheap = [repeat for name, repeat in order[: order.index((costly, 0))] if name == cheap]
    assert of_cheap == list(range(second_look)), "the cheaper one has been looked at twice"
    assert second_look > FIRST_LOOK
