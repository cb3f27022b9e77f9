"""A report as a run of MLflow: settings as parameters, errors and metrics with their intervals, the files as artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dldiag.core.home import require
from dldiag.core.types import Estimate, Report
from dldiag.report import curves_csv, to_html, to_json, to_text
from dldiag.report.script import script_name, to_script

# Evidence that is logged as metrics of the run.
_ERRORS = (
    "dev_error",
    "train_error",
    "achievable",
    "bias",
    "variance",
)
LONGEST_VALUE = 500  # MLflow takes no parameter with more characters.


def log_to_mlflow(report: Report, *, run_name: str | None = None) -> str:
    """Log a report to MLflow and return the run's id: in the active run where there is one, else in a new one.

    Where it goes is MLflow's own choice (`mlflow.set_tracking_uri`, `MLFLOW_TRACKING_URI`). SettingError where mlflow is not
    installed.
    """
    require("mlflow", "mlflow")
    import mlflow  # keeps start-up short: it takes a second to load

    active = mlflow.active_run()
    if active is not None:
        _log(mlflow, report)
        return str(active.info.run_id)
    with mlflow.start_run(run_name=run_name or f"{report.dataset.name} {report.dataset.target}") as run:
        _log(mlflow, report)
        return str(run.info.run_id)


def _log(mlflow: Any, report: Report) -> None:
    mlflow.log_params({name: _short(value) for name, value in _params(report).items()})
    mlflow.log_metrics(dict(_metrics(report)))
    mlflow.set_tags({name: value for name, value in _tags(report).items() if value})
    for name, text in _files(report):
        mlflow.log_text(text, name)


def _params(report: Report) -> dict[str, Any]:
    """Return the model's settings, and those of the diagnosis under `diagnosis.`."""
    settings = {f"diagnosis.{name}": value for name, value in report.settings.items()}
    return {"model": report.model.get("key", "")} | dict(report.model.get("parameters", {})) | settings


def _metrics(report: Report) -> Iterator[tuple[str, float]]:
    """Yield each error and metric with the ends of its 90% interval."""
    errors = {name: report.evidence[name] for name in _ERRORS if name in report.evidence}
    estimates: Mapping[str, Estimate] = {
        **errors,
        **{f"metric.{name}": metric for name, metric in report.metrics.items()},
    }
    for name, estimate in estimates.items():
        yield name, float(estimate.value)
        yield f"{name}.low", float(estimate.low)
        yield f"{name}.high", float(estimate.high)


def _tags(report: Report) -> dict[str, str]:
    return {
        "dldiag.verdict": str(report.verdict.headline),
        "dldiag.verdict_code": report.verdict.code,
        "dldiag.bias": report.verdict.bias,
        "dldiag.variance": report.verdict.variance,
        "dldiag.table": report.dataset.name,
        "dldiag.target": report.dataset.target,
        "dldiag.fingerprint": report.dataset.fingerprint,
        "dldiag.metric": "" if report.metric is None else report.metric.name,
    }


def _files(report: Report) -> Iterator[tuple[str, str]]:
    yield "dldiag-report.json", to_json(report)
    yield "dldiag-report.txt", to_text(report)
    yield "dldiag-report.html", to_html(report)
    yield "dldiag-curves.csv", curves_csv(report)
    if report.dataset.fingerprint:
        yield script_name(report), to_script(report)


def _short(value: Any) -> str:
    return str(value)[:LONGEST_VALUE]
