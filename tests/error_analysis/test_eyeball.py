"""The eyeball set: a part of the judged rows, its wrong ones in random order, and honest ceilings."""

import numpy as np

from dldiag.error_analysis.eyeball import draw_eyeball_set, known_tags, read_tags, tag_counts
from dldiag.error_analysis.row_losses import RowLosses


def folded(n=2_000, share=0.2, seed=0):
    y = np.zeros(n, dtype=np.int64)
    answer = (np.random.default_rng(seed).random(n) < share).astype(np.int64)
    loss = answer.astype(float)
    return RowLosses(np.arange(n), y, answer, loss, loss, np.ones(n, dtype=np.int64), answer)


def test_a_hundred_wrong_rows_are_drawn_and_the_rest_stays_unseen():
    rows = folded()
    drawn = draw_eyeball_set(rows)
    assert len(drawn.wrong) == 100
    assert all(rows.predicted[list(drawn.wrong)] != rows.y[list(drawn.wrong)])
    assert drawn.rows + drawn.blackbox_rows == 2_000
    assert drawn.error.low <= 0.2 <= drawn.error.high
    assert drawn.gap.low <= 0 <= drawn.gap.high


def test_at_most_half_of_the_rows_is_looked_at():
    drawn = draw_eyeball_set(folded(share=0.02))
    assert drawn.rows == 1_000
    assert draw_eyeball_set(folded(share=0.0)) is None


def test_ceilings_cover_the_truth():
    """Of 20 % wrong rows three in ten are dark: fixing them takes 6 points off; 100 rows are looked at."""
    rng, covered = np.random.default_rng(0), 0
    for _ in range(200):
        tags = {row: ("dark",) if rng.random() < 0.3 else () for row in range(100)}
        one = tag_counts(tags, 0.2)[0]
        covered += one.ceiling.low <= 0.06 <= one.ceiling.high
    assert covered >= 172  # 180 expected


def test_the_rows_that_were_looked_at_stay_the_eyeball_part_of_the_next_model():
    before = draw_eyeball_set(folded())
    after = draw_eyeball_set(folded(share=0.05, seed=1), looked_at=before.rows)
    part = draw_eyeball_set(folded(share=1.0), looked_at=before.rows).wrong  # of a model that is always wrong: all rows
    assert after.rows == len(part) == before.rows
    assert set(before.wrong) | set(after.wrong) <= set(part)
    assert len(after.wrong) < len(before.wrong)


def test_the_number_of_a_category_stays_while_counts_change():
    tags = {1: ("dark",), 2: ("cut",)}
    assert known_tags(tags) == known_tags({**tags, 3: ("cut",), 4: ("cut",)}) == ["dark", "cut"]


def test_tags_are_names_or_numbers_of_known_ones_and_come_once():
    assert read_tags("a, a,, b", []) == ("a", "b")
    assert read_tags("1，3", ["x", "y"]) == ("x", "3")
    assert tag_counts({}, 0.1) == []
