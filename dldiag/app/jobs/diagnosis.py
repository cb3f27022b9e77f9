"""The jobs of the main page: a diagnosis, the trial of single remedies, the opening of the test set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dldiag.app.jobs import serialize
from dldiag.app.state import data_ref
from dldiag.app.state.limits import ServerLimits
from dldiag.core.params import check_all, from_environment
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Progress

JobProgress = Callable[[Progress], None]  # what a job's function reports through
JobStop = Callable[[], bool]  # what it asks whether to stop


def diagnose_job(arguments: dict[str, Any], on_progress: JobProgress, should_stop: JobStop) -> str:
    """Diagnose {"data", "model", "settings"} and return the report's JSON; with a "parent" it says what was changed."""
    from dldiag.diagnosis.compare import with_parent
    from dldiag.diagnosis.diagnose import diagnose
    from dldiag.report import to_json

    dataset, model, settings = asked(arguments)
    report = diagnose(
        dataset, model, settings, on_progress=on_progress, should_stop=should_stop, n_jobs=processes_of_a_job()
    )
    parent = arguments.get("parent")
    return to_json(report if parent is None else with_parent(report, serialize.parent_from_json(parent)))


def asked(arguments: dict[str, Any]) -> tuple[Dataset, Any, Settings]:
    """Return the dataset, the model and the settings that a job's arguments name; DataError or SettingError if not."""
    from dldiag.diagnosis.trials import rows_to_draw
    from dldiag.experiments.chosen_model import chosen_model

    settings = Settings(**as_parameters(arguments.get("settings", {})))
    check_all(settings)
    dataset = data_ref.load_dataset(arguments["data"], rows_to_draw(settings))
    model = chosen_model(dataset.task, as_parameters(arguments.get("model", {})))
    return dataset, model, settings


def processes_of_a_job() -> int:
    """Return how many processes share the fits of one job on this server."""
    return from_environment(ServerLimits).processes


def as_parameters(plain: dict[str, Any]) -> dict[str, Any]:
    """Return settings that went through JSON as they were: lists are tuples again."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
