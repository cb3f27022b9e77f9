"""A report logged to a real MLflow store: parameters, errors with intervals, tags and files."""

import subprocess
import sys
from pathlib import Path

import pytest

from dldiag.report import to_json
from tests.reports import make_report

pytest.importorskip("mlflow", reason="mlflow is not installed")

LOG = """
import sys, mlflow
from pathlib import Path
import dldiag

report = dldiag.from_json(Path(sys.argv[1]).read_bytes())
alone = dldiag.log_to_mlflow(report, run_name="by itself")
with mlflow.start_run() as run:
    assert dldiag.log_to_mlflow(report) == run.info.run_id
found = mlflow.get_run(alone)
print(found.data.params["hidden_layer_sizes"], found.data.params["diagnosis.seed"], found.info.run_name)
print(found.data.metrics["dev_error"], found.data.metrics["dev_error.low"])
print(found.data.tags["dldiag.target"], found.data.tags["dldiag.bias"])
print(*sorted(one.path for one in mlflow.artifacts.list_artifacts(run_id=alone)))
"""


def test_a_report_becomes_a_run(tmp_path):
    report = make_report("bias")
    (tmp_path / "report.json").write_text(to_json(report), encoding="utf-8")
    store = {"MLFLOW_TRACKING_URI": f"file:{tmp_path}/runs", "MLFLOW_ALLOW_FILE_STORE": "true", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", LOG, str(tmp_path / "report.json")],
        cwd=Path(__file__).parents[2], env=store, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    params, errors, tags, files = done.stdout.splitlines()[-4:]
    dev = report.evidence["dev_error"]
    assert params == "(4,) 0 by itself"
    assert [float(one) for one in errors.split()] == [dev.value, dev.low]
    assert tags == "churned yes"
    assert files.split() == [
        "customers_model.py", "dldiag-curves.csv", "dldiag-report.html", "dldiag-report.json", "dldiag-report.txt",
    ]  # fmt: skip
