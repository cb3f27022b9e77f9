"""The jobs of the loop: try one remedy, improve until it stops, open the sealed test set."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.app.jobs import serialize
from dldiag.app.jobs.diagnosis import JobProgress, JobStop, as_parameters, asked, processes_of_a_job
from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, Progress


def try_job(arguments: dict[str, Any], on_progress: JobProgress, should_stop: JobStop) -> Any:
    """Run one remedy paired with the current model: {"data", "model", "settings", "remedy", "change", "material"}."""
    from dldiag.diagnosis.diagnose import prepare_case
    from dldiag.diagnosis.search import planned_fits, try_remedy
    from dldiag.diagnosis.trials import EFFORTS, Attempt
    from dldiag.diagnosis.winners_curse import Picked

    dataset, model, settings = asked(arguments)
    case = prepare_case(dataset, model, settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    effort = EFFORTS[settings.budget]
    remedy, done = arguments["remedy"], [0]

    def count(_: Any) -> None:
        done[0] += 1
        on_progress(Progress(Message("Trying it on your data"), done[0], planned_fits(remedy, effort)))

    seen, expected = (arguments.get(name) for name in ("seen", "expected"))
    picked = Picked(msgspec.convert(seen, Estimate), msgspec.convert(expected, Estimate)) if seen and expected else None
    attempt, material = Attempt(remedy, as_parameters(arguments["change"]), picked), arguments["material"]
    trial = try_remedy(case.fits, model, attempt, material=material, effort=effort, on_result=count)
    return msgspec.to_builtins(trial, enc_hook=serialize.json_number)


def improve_job(arguments: dict[str, Any], on_progress: JobProgress, should_stop: JobStop) -> dict[str, Any]:
    """Adopt what helps and diagnose again until nothing does: {"data", "model", "settings", "known": the report to start from}."""
    from dldiag.diagnosis.diagnose import prepare_case
    from dldiag.diagnosis.improve import improve_case
    from dldiag.experiments.chosen_model import choice_of
    from dldiag.report import from_json, to_json

    dataset, model, settings = asked(arguments)
    known = from_json(arguments["known"]) if "known" in arguments else None
    case = prepare_case(dataset, model, settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    found = improve_case(case, known, on_progress=on_progress)
    return {
        "total": msgspec.to_builtins(found.total, enc_hook=serialize.json_number),
        "steps": msgspec.to_builtins(list(found.steps), enc_hook=serialize.json_number),
        "start": choice_of(found.start),
        "winner": choice_of(found.winner),
        "dev_uses": found.dev_uses,
        "ended": serialize.message_to_json(found.ended),
        "report": None if found.stopped else to_json(found.report),
    }


def open_job(arguments: dict[str, Any], on_progress: JobProgress, should_stop: JobStop) -> Any:
    """Open the sealed test set: {"data", "settings", "start", "winner", "dev_uses"}."""
    from dldiag.diagnosis.openings import Opener
    from dldiag.diagnosis.test_set import open_test
    from dldiag.experiments.chosen_model import chosen_model

    dataset, _, settings = asked(arguments)
    start, winner = (chosen_model(dataset.task, as_parameters(arguments[one])) for one in ("start", "winner"))
    on_progress(Progress(Message("Opening the test set"), 0, 1))
    uses, opener = arguments["dev_uses"], Opener("dashboard", arguments.get("owner", ""))
    return msgspec.to_builtins(
        open_test(dataset, start, winner, settings, dev_uses=uses, should_stop=should_stop, opener=opener),
        enc_hook=serialize.json_number,
    )
