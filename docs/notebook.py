"""Runs the notebook docs/notebook.ipynb cell by cell, in this process, and writes what the cells show into it. `--check` only runs it.

It needs no Jupyter: a cell is Python whose last expression is shown, by its text and, to see that it can be, by its HTML.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).with_name("notebook.ipynb")
SHOWN_LINES = 40  # of a cell's output that are kept


def run_cells(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Run every cell of code in one namespace; yield it with what it printed and showed. Raises what a cell raises."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield cell, _shown("".join(cell["source"]), names)


def _shown(source: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, str(NOTEBOOK), "exec"), names)
        value = None if last is None else _value_of(last, names)
    return printed.getvalue() + ("" if value is None else _as_text(value))


def _value_of(last: ast.Expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)  # noqa: S307 — the notebook's own cell


def _as_text(value: Any) -> str:
    if hasattr(value, "_repr_html_") and not value._repr_html_():
        raise ValueError(f"{type(value).__name__} shows nothing")
    return repr(value)


def _output(text: str) -> list[dict[str, Any]]:
    lines = text.splitlines(keepends=True)[:SHOWN_LINES]
    return [{"output_type": "stream", "name": "stdout", "text": lines}] if lines else []


def main() -> None:
    """Run the notebook, and write it again unless it is only checked."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for number, (cell, text) in enumerate(run_cells(notebook), 1):
        cell["execution_count"], cell["outputs"] = number, _output(text)
    if "--check" not in sys.argv:
        NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
