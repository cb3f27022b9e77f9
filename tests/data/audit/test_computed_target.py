"""A target that is computed from other columns is found, and an honest one is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dldiag import make_dataset
from dldiag.data.audit.audit import audit_table
from dldiag.data.audit.computed_target import computed_target

ROWS = 200


def invoices(seed: int = 0, rows: int = ROWS) -> pd.DataFrame:
    """Return made-up invoices: price, quantity, discount, and columns that have nothing to do with the total."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "price": random.lognormal(3, 1, rows).round(2),
            "quantity": random.integers(1, 40, rows),
            "discount": random.uniform(0.5, 20, rows).round(2),
            "weight": random.lognormal(1, 1, rows),
            "day": random.integers(1, 366, rows),
            "region": random.choice(["north", "south"], rows),
        }
    )


FORMULAS = {
    "total ≈ price × quantity": lambda t: (t.price * t.quantity).round(2),
    "total ≈ price − discount": lambda t: (t.price - t.discount).round(2),
    "total ≈ price + discount + weight": lambda t: t.price + t.discount + t.weight,
    "total ≈ price / quantity": lambda t: t.price / t.quantity,
    "total ≈ 0.3 × price + 0.7 × discount": lambda t: 0.3 * t.price + 0.7 * t.discount,
    "total ≈ price / weight^2": lambda t: t.price / t.weight**2,
}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("seed", range(3))
def test_the_formula_is_found(formula, seed):
    table = invoices(seed)
    found = computed_target(make_dataset(table.assign(total=FORMULAS[formula](table)), "total"))
    assert found is not None
    assert set(found.formula.split()) == set(formula.split())  # Equal terms may stand in either order.


def test_missing_cells_hide_no_formula():
    table = invoices(1).assign(total=lambda t: t.price - t.discount)
    table.loc[::9, "price"] = np.nan
    table.loc[::4, "weight"] = np.nan
    found = computed_target(make_dataset(table, "total"))
    assert found is not None
    assert found.formula == "total ≈ price − discount"


def test_a_mean_that_was_rounded_is_found():
    table = invoices(2).assign(total=lambda t: ((t.price + t.discount) / 2).round(0))
    found = computed_target(make_dataset(table, "total"))
    assert found is not None
    assert set(found.columns) == {"price", "discount"}


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_a_linear_target_with_noise_is_left_alone(noise):
    table = invoices(3)
    y = 2 * table.price / table.price.std() + table.discount / table.discount.std()
    y += noise * np.random.default_rng(0).normal(size=ROWS)
    assert computed_target(make_dataset(table.assign(total=y), "total")) is None


@pytest.mark.filterwarnings("error")
def test_numbers_near_the_largest_hide_nothing_and_warn_nobody():
    table = invoices(7).assign(huge=lambda t: t.weight * 1e307, total=lambda t: t.price - t.discount)
    assert computed_target(make_dataset(table, "total")) is not None


def test_one_column_that_is_the_target_is_another_finding():
    table = invoices(4).assign(total=lambda t: 3 * t.price)
    assert computed_target(make_dataset(table, "total")) is None


@pytest.mark.parametrize(
    "total", [lambda t: np.where(t.price > 20, "much", "little"), lambda t: t.price * np.sin(t.day) + t.weight]
)
def test_classes_and_what_is_no_formula_are_left_alone(total):
    table = invoices(5)
    assert computed_target(make_dataset(table.assign(total=total(table)), "total")) is None


def test_all_parts_are_offered_to_be_left_out():
    table = invoices(6).assign(total=lambda t: t.price * t.quantity)
    repair = next(one for one in audit_table(make_dataset(table, "total")).repairs if one.code == "exclude_parts")
    assert set(repair.choices["exclude"]) == {"price", "quantity"}
    assert "total ≈" in str(repair.because)
