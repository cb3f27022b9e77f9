"""Mutation score: change one operator or number of a module at a time, and count the changes that its tests notice.

`make mutants`, or `python -m bench.mutants --sample 40 trials`. Examples of rules and texts are not changed: they are tests.
Each change runs in a process of its own, forked after the heavy imports, against the module's tests until the first fails.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / "bench" / "results" / "mutants.json"
LONGEST = 120  # seconds of one change; one that never ends is noticed
RULES = ("tests/diagnosis/test_rules.py", "tests/diagnosis/test_engine.py", "tests/diagnosis/test_verdict.py")
TARGETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # name: modules and the tests that must notice
    "statistics": (("core/statistics",), ("tests/core/test_bounds.py", "tests/core/test_statistics.py")),
    "rules": (
        tuple(f"diagnosis/rules/{one}" for one in ("engine", "rule", "data", "bias_variance", "training", "process", "remedy_gain")),
        RULES,
    ),
    "trials": (("diagnosis/trials", "diagnosis/probes", "diagnosis/race"), ("tests/diagnosis/test_race.py", "tests/diagnosis/test_probes.py", "tests/diagnosis/test_trial_ends.py", "tests/diagnosis/test_trials.py")),
    "training": (("nn/training",), ("tests/nn/test_training.py", "tests/nn/test_observe.py")),
}  # fmt: skip
HEAVY = ("numpy", "pandas", "scipy.stats", "scipy.optimize", "scipy.special", "sklearn.ensemble", "sklearn.linear_model",
         "sklearn.svm", "sklearn.neighbors", "sklearn.neural_network", "joblib", "msgspec", "threadpoolctl", "_pytest.doctest",
         "pyarrow")  # fmt: skip

COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip
COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
            ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip
RENAMED = {"min": "max", "max": "min", "any": "all", "all": "any", "low": "high", "high": "low", "minimum": "maximum",
           "maximum": "minimum", "surely_above": "surely_below", "surely_below": "surely_above", "value": "high"}  # fmt: skip
LEFT_ALONE = {"Example", "Message", "Evidence", "Progress"}  # calls that hold examples, texts and what is only shown


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node is changed into, one at a time."""
    other = copy.deepcopy(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        other.ops[0] = COMPARED[type(node.ops[0])]()
        yield other
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        other.op = COMPUTED[type(node.op)]()
        yield other
    elif isinstance(node, ast.BoolOp):
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield other
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1 if isinstance(node.value, int) else node.value * 1.5 + 0.01)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Attribute) and node.attr in RENAMED and isinstance(node.ctx, ast.Load):
        other.attr = RENAMED[node.attr]
        yield other
    elif isinstance(node, ast.Name) and node.id in RENAMED and isinstance(node.ctx, ast.Load):
        other.id = RENAMED[node.id]
        yield other


class Walk(ast.NodeTransformer):
    """Walk a module in a fixed order; replace the node of one number, and note where it stands."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.seen, self.where = wanted, 0, ""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in LEFT_ALONE:
            return node
        if isinstance(node, ast.AnnAssign):  # types are not code
            node.value = self.visit(node.value) if node.value else None
            return node
        if isinstance(node, ast.arguments):
            node.defaults, node.kw_defaults = (
                [self.visit(one) if one else one for one in part] for part in (node.defaults, node.kw_defaults)
            )
            return node
        if isinstance(node, ast.FunctionDef):
            node.args, node.body = self.visit(node.args), [self.visit(one) for one in node.body]
            return node
        for other in changes(node):
            self.seen += 1
            if self.seen - 1 == self.wanted:
                self.where = f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)} -> {ast.unparse(other)}"
                return ast.copy_location(other, node)
        return self.generic_visit(node)


class Changed(MetaPathFinder, SourceFileLoader):
    """Gives one module with a change in it."""

    def __init__(self, module: str, path: Path, tree: ast.AST) -> None:
        super().__init__(module, str(path))
        self.tree = ast.fix_missing_locations(tree)

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str) -> object:
        return compile(self.tree, self.path, "exec")


def is_noticed(part: str, tree: ast.AST | None, tests: tuple[str, ...]) -> bool:
    """Run the tests on a changed module in a forked process; tell whether one failed or none ended in time."""
    child = os.fork()
    if child == 0:
        _run(part, tree, tests)
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(part: str, tree: ast.AST | None, tests: tuple[str, ...]) -> None:
    import pytest

    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    if tree is not None:
        sys.meta_path.insert(0, Changed("dldiag." + part.replace("/", "."), ROOT / "dldiag" / f"{part}.py", tree))
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests])))


def sites(part: str) -> int:
    """Count the changes that can be made to a module."""
    walk = Walk()
    walk.visit(_tree(part))
    return walk.seen


def _tree(part: str) -> ast.Module:
    return ast.parse((ROOT / "dldiag" / f"{part}.py").read_text("utf-8"))


def score(name: str, sample: int, seed: int) -> dict[str, object]:
    """Try at most `sample` changes of a target, drawn at random; return how many were noticed, and the others."""
    parts, tests = TARGETS[name]
    tests = tuple(one for one in tests if (ROOT / one).exists())
    if is_noticed(parts[0], None, tests):
        raise SystemExit(f"{name}: its tests fail without any change")
    every = [(part, number) for part in parts for number in range(sites(part))]
    drawn = random.Random(seed).sample(every, min(sample, len(every)))
    survived = []
    for part, number in sorted(drawn):
        walk = Walk(number)
        tree = walk.visit(_tree(part))
        if not is_noticed(part, tree, tests):
            survived.append(f"{part}:{walk.where}")
            print(f"  survived  {survived[-1]}", flush=True)
    share = 1 - len(survived) / len(drawn)
    print(
        f"{name}: {len(drawn) - len(survived)} of {len(drawn)} noticed ({share:.0%}); {len(every)} changes are possible"
    )
    return {"tried": len(drawn), "possible": len(every), "noticed": len(drawn) - len(survived), "survived": survived}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", help=", ".join(TARGETS))
    options.add_argument("--sample", type=int, default=60, help="changes per target")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    os.chdir(ROOT)
    for module in HEAVY:
        importlib.import_module(module)
    names = given.names or list(TARGETS)
    known = json.loads(OUT.read_text("utf-8")) if OUT.exists() else {}
    OUT.write_text(
        json.dumps(known | {name: score(name, given.sample, given.seed) for name in names}, indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
