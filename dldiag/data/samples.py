"""Tables shipped with the project, each with one thing wrong; sources and licences are in sample_files/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from dldiag.core.i18n import Message
from dldiag.core.types import Table, Task
from dldiag.data.read_table import read_table


@dataclass(frozen=True)
class Sample:
    """A shipped table: what it shows, which column is its target, where it is from and under which licence."""

    key: str
    title: Message
    story: Message
    file: str
    target: str
    task: Task
    source: str
    licence: str


_ROWS = (
    Sample(
        "spirals",
        Message("Two spirals"),
        Message("Two classes wound around each other. A small or briefly trained network underfits: high bias."),
        "spirals.csv",
        "arm",
        "classification",
        "made for this project by make_spirals.py",
        "MIT",
    ),
    Sample(
        "german_credit",
        Message("German credit"),
        Message("Few rows and many categories. A large network memorizes its training rows: high variance."),
        "german_credit.csv",
        "class",
        "classification",
        "Hofmann (1994), Statlog (German Credit Data), UCI Machine Learning Repository",
        "CC BY 4.0",
    ),
    Sample(
        "credit_card_default",
        Message("Credit card default"),
        Message("3% of the customers default. Always answering “no” is right 97 times of 100: imbalance."),
        "credit_card_default.csv.gz",
        "default",
        "classification",
        "James et al., An Introduction to Statistical Learning (ISLP), simulated",
        "BSD",
    ),
    Sample(
        "iris",
        Message("Iris"),
        Message("150 rows. What can be said about a model from so few rows, and what cannot: a tiny table."),
        "iris.csv",
        "target",
        "classification",
        "Fisher (1936), Iris, UCI Machine Learning Repository",
        "CC BY 4.0",
    ),
    Sample(
        "concrete",
        Message("Concrete strength"),
        Message("The strength of concrete from its mixture and age: a numeric target, so regression."),
        "concrete.csv",
        "strength",
        "regression",
        "Yeh (1998), Concrete Compressive Strength, UCI Machine Learning Repository",
        "CC BY 4.0",
    ),
)
SAMPLES: dict[str, Sample] = {row.key: row for row in _ROWS}


def sample_bytes(key: str) -> bytes:
    """Return the bytes of a sample's file; KeyError when there is no such sample."""
    return files("dldiag.data").joinpath("sample_files", SAMPLES[key].file).read_bytes()


def load_sample(key: str) -> Table:
    """Read a sample; KeyError when there is no such sample."""
    return read_table(sample_bytes(key), name=SAMPLES[key].file)
