"""Puts the dashboard's scripts, which lie beside the package in the project, into the wheel."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
SCRIPTS = ("served_app.py", "streamlit_app.py", "pages", ".streamlit")  # core/home.py finds them again


class BuildWithDashboard(build_py):
    """The usual build, and the dashboard's files in dldiag/app/dashboard."""

    def run(self) -> None:
        """Build the package, then copy the scripts."""
        super().run()
        folder = Path(self.build_lib) / "dldiag" / "app" / "dashboard"
        shutil.rmtree(folder, ignore_errors=True)
        for name in () if self.editable_mode else SCRIPTS:
            source, target = HERE / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "secrets.toml"))
            else:
                shutil.copy2(source, target)


setup(cmdclass={"build_py": BuildWithDashboard})
