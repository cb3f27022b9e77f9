"""The folder of dldiag's own files, and where the dashboard's scripts lie."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

NAME = "dldiag"
_PACKAGE = Path(__file__).resolve().parents[1]
_PACKAGED = _PACKAGE / "app" / "dashboard"  # what setup.py puts into the wheel


def home() -> Path:
    """Return the folder of history, uploads and the record of opened test sets: $DLDIAG_HOME, else the user's data folder."""
    named = os.environ.get("DLDIAG_HOME")
    return Path(named) if named else platformdirs.user_data_path(NAME, appauthor=False)


def dashboard_folder() -> Path:
    """Return the folder with streamlit_app.py and pages/: the package's own where it was installed, else the clone's."""
    return _PACKAGED if _PACKAGED.is_dir() else _PACKAGE.parent
