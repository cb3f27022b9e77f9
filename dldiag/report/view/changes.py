"""Changes by name and value: "L2 penalty 0.0001 → 1", as every screen writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dldiag.core.i18n import Message, listed, speaking, tr, translate
from dldiag.core.params import Param
from dldiag.core.types import Parent, Report
from dldiag.experiments.curved_inputs import CURVES_PARAM
from dldiag.experiments.models import AROUND, INPUT_CURVES, MODELS, SURROUNDINGS, build_model, params_for

LISTED = 8  # Of a value with more texts, the first half of this many is written.
FORECAST_TIMES = 4  # How many times the rows at hand "more data" is forecast for.

# A list that begins empty is written as what is done, with the title of its remedy: "Drop columns age, id".
FROM_NONE = {"new_features": Message("Add features"), "drop_columns": Message("Drop columns")}

Pairs = Mapping[str, tuple[Any, Any]]  # Maps a setting to (before, after).


def pairs_of(report: Report, change: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what each setting of a change is now, and what it would become."""
    now = SURROUNDINGS | report.model.get("parameters", {})
    return {name: (now.get(name), value) for name, value in change.items()}


def pairs_text(pairs: Pairs, params: Mapping[str, Param]) -> str:
    """Write changed settings by name and value; a value that was not known is left out.

    >>> pairs_text({"alpha": (0.0001, 1.0)}, {"alpha": Param(0.0, float, "L2", "")})
    'L2 0.0001 → 1'
    """
    return listed(_pair(name, *pair, params.get(name)) for name, pair in pairs.items())


def settings_text(settings: Mapping[str, Any]) -> str:
    """Write settings of any model of ours by name and value; one that is not known keeps its own name.

    >>> settings_text({"hidden_layer_sizes": (64, 32), "solver": "adam", "mine": 3})
    'Hidden layers = 64, 32, Optimizer = Adam, mine = 3'
    """
    params = known_params()
    return listed(
        f"{translate(params[name].label) if name in params else name} = {value_text(value, params.get(name))}"
        for name, value in settings.items()
    )


@cache
def known_params() -> Mapping[str, Param]:
    """Return the settings of all our models; of a name that several have, the network's."""
    rows = [
        {**row.params} | {name: one for task in row.task_params.values() for name, one in task.items()}
        for row in MODELS.values()
    ]
    others: dict[str, Param] = {name: one for row in rows for name, one in row.items()}
    return {**others, **MODELS["mlp"].params, **AROUND, INPUT_CURVES: CURVES_PARAM}


def params_of_report(report: Report) -> Mapping[str, Param]:
    """Return the parameters of the report's model; of one that is not a row of MODELS those of what surrounds it."""
    key = report.model.get("key", "")
    own = params_for(key, (report.dataset.task,)) if key in MODELS else {INPUT_CURVES: CURVES_PARAM}
    return {**AROUND, "class_weight": params_for("mlp", ("classification",))["class_weight"], **own}


def own_settings(report: Report) -> dict[str, tuple[Any, Any]]:
    """Return the settings of a report's model that are not the usual ones of its kind: {name: (usual, value)}."""
    key = report.model.get("key", "")
    parameters = report.model.get("parameters", {})
    usual = SURROUNDINGS | (build_model(report.dataset.task, key=key).parameters if key in MODELS else {})
    return {name: (usual.get(name), value) for name, value in parameters.items() if value != usual.get(name)}


def changed_settings(report: Report, change: Mapping[str, Any]) -> str:
    """Write a change of this report's model: "Hidden layers 100 → 256"."""
    return pairs_text(pairs_of(report, change), params_of_report(report))


def changed_rows(report: Report) -> str:
    """Write what the forecast of more data is for: "training rows 534 → 2,136"."""
    rows = report.split.train
    return tr("training rows {now:,} → {then:,}", now=rows, then=FORECAST_TIMES * rows) if rows else ""


def changed_rare_rows(report: Report, label: str) -> str:
    """Write what the forecast of more rows of a rare class is for: '"Yes" training rows 197 → 788'."""
    rows = report.evidence.get("rare_train_rows")
    if rows is None or not label:
        return ""
    return tr(
        '"{label}" training rows {now:,} → {then:,}', label=label, now=rows.value, then=FORECAST_TIMES * rows.value
    )


def changed_model(report: Report, key: str) -> str:
    """Write a change to another model: "Neural network → Gradient boosting"."""
    return f"{translate(str(report.model.get('label', '')))} → {MODELS[key].label}"


def model_pair(report: Report, key: str) -> dict[str, tuple[str, str]]:
    """Return a change to another model as a pair, in English: what is kept in a report."""
    with speaking("en"):
        return {"model": (str(report.model.get("label", "")), str(MODELS[key].label))}


def parent_text(parent: Parent, report: Report) -> str:
    """Write what was changed from the run before: "L2 penalty 0.0001 → 1"."""
    if "model" in parent.change:
        before, after = parent.change["model"]
        return f"{translate(before)} → {translate(after)}"
    return pairs_text(parent.change, params_of_report(report)) if parent.change else str(parent.title)


def value_text(value: Any, param: Param | None = None) -> str:
    """Write the value of a setting as its field shows it.

    >>> value_text((64, 64)), value_text(None), value_text(True), value_text(1e-05), value_text(("a * b", "c"))
    ('64, 64', 'automatic', 'on', '0.00001', 'a × b, c')
    >>> value_text(tuple("abcdefghij"))
    'a, b, c, d and 6 more'
    """
    if value is None or (isinstance(value, str) and value == "auto"):
        return translate(param.empty) if param is not None and param.empty else tr("automatic")
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if param is not None and param.choices and isinstance(value, str) and value in param.choices:
        return translate(param.choices[value])
    if isinstance(value, tuple | list) and value and all(isinstance(one, str) for one in value):
        return _few(value).replace(" * ", " × ")
    if isinstance(value, tuple | list):
        return ", ".join(value_text(one) for one in value) or tr("none")
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.12f}".rstrip("0") if abs(value) < 1e-4 else f"{value:.6g}"


def _few(texts: Sequence[str]) -> str:
    """List texts; of many the first ones, and how many more there are."""
    if len(texts) <= LISTED:
        return ", ".join(texts)
    return tr("{first} and {more} more", first=", ".join(texts[: LISTED // 2]), more=len(texts) - LISTED // 2)


def _pair(name: str, before: Any, after: Any, param: Param | None) -> str:
    if not before and after and name in FROM_NONE:
        return f"{FROM_NONE[name]} {value_text(after, param)}"
    label = translate(param.label) if param is not None else name
    if before is None and (param is None or not param.optional):
        return f"{label} → {value_text(after, param)}"
    return f"{label} {value_text(before, param)} → {value_text(after, param)}"
