"""Where the real tables and corpora are, when they are here: beside the project, or where DLDIAG_SHARED points."""

import os
from pathlib import Path

import pytest

_HERE = Path(os.environ.get("DLDIAG_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SHARED: Path | None = _HERE if (_HERE / "data" / "manifest.csv").exists() else None

needs_shared = pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this clone")
