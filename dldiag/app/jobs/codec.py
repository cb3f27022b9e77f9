"""The one codec of jobs: what a page asks, what a worker answers, and how far it is, written as JSON and read back as typed values."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
import numpy as np

T = TypeVar("T")


def encode(value: Any, *, sort: bool = False) -> bytes:
    """Write a value as JSON on one line; numbers that JSON lacks (NaN, infinity) are written as Python reads them back.

    sort: keys in alphabetical order, so that equal values give equal bytes.
    """
    plain = msgspec.to_builtins(value, enc_hook=_from_numpy)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=sort).encode()


def decode(content: bytes, kind: type[T]) -> T:
    """Read a value of a type; msgspec.ValidationError or ValueError when the JSON is of another.

    A sequence in a field of any type comes back as a tuple, as settings hold it.
    """
    return msgspec.convert(_with_tuples(json.loads(content)), kind, dec_hook=_to_numpy)


def _with_tuples(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(map(_with_tuples, plain))
    return {key: _with_tuples(one) for key, one in plain.items()} if isinstance(plain, dict) else plain


def _from_numpy(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise NotImplementedError(f"a job cannot hold {type(value).__name__}")


def _to_numpy(kind: Any, value: Any) -> Any:
    return np.array(value, dtype=kind.__args__[1].__args__[0])  # NDArray[dtype]
