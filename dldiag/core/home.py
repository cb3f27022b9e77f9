"""How dldiag is installed: the folder of its own files, the dashboard's scripts, and packages that only some uses need."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from dldiag.core.i18n import tr
from dldiag.core.params import SettingError

_NAME = "dldiag"
_PACKAGE = Path(__file__).resolve().parents[1]
_PACKAGED = _PACKAGE / "app" / "dashboard"  # The folder that setup.py adds to the wheel.


def require(package: str, extra: str) -> None:
    """Check that an optional package is installed; `extra` names the extra of dldiag that brings it.

    Raises SettingError.
    """
    if find_spec(package) is None:
        raise SettingError(
            tr("This needs the package {package}: pip install 'dldiag[{extra}]'.", package=package, extra=extra)
        )


def home() -> Path:
    """Return the folder of history, uploads and the record of opened test sets: $DLDIAG_HOME, else the user's data folder."""
    folder = os.environ.get("DLDIAG_HOME")
    return Path(folder) if folder else platformdirs.user_data_path(_NAME, appauthor=False)


def dashboard_folder() -> Path:
    """Return the folder with streamlit_app.py and pages/: the package's own where it was installed, else the clone's."""
    return _PACKAGED if _PACKAGED.is_dir() else _PACKAGE.parent
