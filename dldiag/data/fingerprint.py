"""The identity of data: the sha256 of the file and its plan, and of every choice made after that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def with_choices(fingerprint: str, choices: Mapping[str, Any]) -> str:
    """Return the fingerprint of the data after further choices; the same one when nothing was chosen.

    >>> with_choices("abc", {}) == "abc", with_choices("abc", {"task": "auto"}) == "abc"
    (True, False)
    """
    made = {name: value for name, value in choices.items() if value not in (None, "", (), [], False)}
    if not made:
        return fingerprint
    text = json.dumps(made, sort_keys=True, ensure_ascii=True, default=list)
    return hashlib.sha256(f"{fingerprint} {text}".encode()).hexdigest()
