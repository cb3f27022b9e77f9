"""What jobs write is read back as it was: numbers that JSON does not have, arrays, and tuples."""

import math
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pytest

from dldiag.app.storage import codec
from dldiag.core.types import Floats


@dataclass(frozen=True, eq=False)
class Measured:
    values: Floats
    by_row: dict[int, float]


def test_arrays_and_numbers_that_json_lacks_come_back():
    sent = Measured(np.array([0.1, np.nan, np.inf]), {3: -math.inf})
    again = codec.from_bytes(codec.to_bytes(sent), Measured)
    np.testing.assert_array_equal(again.values, sent.values)
    assert again.values.dtype == np.float64
    assert again.by_row == sent.by_row


def test_sequences_of_untyped_fields_come_back_as_tuples_however_deep():
    sent = {"a": [1, [2, {"b": ["x"]}]], "c": np.float64(0.5), "d": np.array([1, 2])}
    assert codec.from_bytes(codec.to_bytes(sent), Any) == {"a": (1, (2, {"b": ("x",)})), "c": 0.5, "d": (1, 2)}


def test_equal_values_give_equal_bytes_when_keys_are_sorted():
    assert codec.to_bytes({"b": 1, "a": 2}, sort=True) == codec.to_bytes({"a": 2, "b": 1}, sort=True)
    assert b"\n" not in codec.to_bytes({"text": "two\nlines 两行"})


def test_what_does_not_fit_is_refused():
    with pytest.raises(msgspec.ValidationError):
        codec.from_bytes(b'{"values": [1.0]}', Measured)
    with pytest.raises(ValueError, match="Unterminated"):
        codec.from_bytes(b'{"cut off', Any)
    with pytest.raises(NotImplementedError, match="cannot hold object"):
        codec.to_bytes(object())
