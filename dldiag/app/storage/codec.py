"""The codec of jobs: requests, results and progress as JSON, read back as typed values."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
import numpy as np

_T = TypeVar("_T")


def to_bytes(value: Any, *, sort: bool = False) -> bytes:
    """Write a value as JSON on one line; NaN and infinity are written the way Python reads them.

    sort: sort the keys, so that equal values give equal bytes.
    """
    plain = msgspec.to_builtins(value, enc_hook=_from_numpy)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=sort).encode()


def from_bytes(content: bytes, kind: type[_T]) -> _T:
    """Read a value of a type; ValueError (msgspec.ValidationError among them) when the JSON does not fit it.

    Sequences in untyped fields come back as tuples.
    """
    return msgspec.convert(_with_tuples(json.loads(content)), kind, dec_hook=_to_numpy, str_keys=True)


def _with_tuples(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(map(_with_tuples, plain))
    return {key: _with_tuples(one) for key, one in plain.items()} if isinstance(plain, dict) else plain


def _from_numpy(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise NotImplementedError(f"a job cannot hold {type(value).__name__}")


def _to_numpy(kind: Any, value: Any) -> Any:
    return np.array(value, dtype=kind.__args__[1].__args__[0])  # The type is NDArray[dtype].
