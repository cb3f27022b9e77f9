"""REMEDIES: one row per remedy; its change both recommends it and runs its trial."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dldiag.evidence.noun import Evidence, Probe
from dldiag.knobs import SettingError
from dldiag.language import Message
from dldiag.levers import levers
from dldiag.models import Model, changed, is_network
from dldiag.rules.noun import is_likely
from dldiag.rules.probed import gain_of
from dldiag.types import Column_, Estimate, Finding, Recommendation, Trial, TrialVerdict, exactly

Change = Mapping[str, Any]  # settings by knob name

WIDER = 4  # times the units of each hidden layer, at most MOST_UNITS
MOST_UNITS = 256
LONGER = 5  # times the epochs
SMALLEST_ALPHA, ALPHAS = 1e-4, (1.0, 10.0)  # weak L2, and strong: scikit-learn's alpha, divided by the number of rows
DROPOUTS = (0.3,)
STEPS = (10.0, 0.1)  # factors on the step size, the first a larger step
BEST_STEPS = (1e-3, 1e-2)  # step sizes that adaptive methods usually do well with


@dataclass(frozen=True)
class Remedy:
    """One remedy: its column in the remedy table, the problems it treats, and the settings it would change.

    changes: model -> the settings to try, likeliest first; () when the remedy cannot be applied to this model.
    worth: usual share of the dev error it removes where its problem was found; orders what could not be probed.
    """

    key: str
    title: Message
    column: Column_
    treats: tuple[str, ...]
    changes: Callable[[Model], tuple[Change, ...]]
    worth: float
    why: Message


def _never(model: Model) -> tuple[Change, ...]:
    return ()


def _bigger(model: Model) -> tuple[Change, ...]:
    layers = tuple(model.parameters["hidden_layer_sizes"])
    wide = tuple(max(units, min(MOST_UNITS, max(64, WIDER * units))) for units in layers) or (64,)
    deep = (*wide, wide[-1])
    return tuple({"hidden_layer_sizes": sizes} for sizes in (wide, deep) if sizes != layers)


def _smaller(model: Model) -> tuple[Change, ...]:
    layers = tuple(model.parameters["hidden_layer_sizes"])
    small = tuple(max(4, units // WIDER) for units in layers)
    return ({"hidden_layer_sizes": small},) if small != layers else ()


def _longer(model: Model) -> tuple[Change, ...]:
    epochs = max(200, LONGER * int(model.parameters["max_iter"]))
    return ({"max_iter": epochs, "tol": 0.0, "n_iter_no_change": max(50, int(model.parameters["n_iter_no_change"]))},)


def _optimizer(model: Model) -> tuple[Change, ...]:
    full_batches: Change = {"solver": "lbfgs"}
    if model.parameters["early_stopping"]:
        full_batches = {**full_batches, "early_stopping": False}  # it has no epochs to stop at: say what is dropped
    others: tuple[Change, ...] = ({"solver": "adam", "learning_rate_init": BEST_STEPS[0]}, full_batches)
    return tuple(change for change in others if change["solver"] != model.parameters["solver"])


def _step(model: Model) -> tuple[Change, ...]:
    if model.parameters["solver"] == "lbfgs":
        return ()
    now = float(model.parameters["learning_rate_init"])
    tried = [now * factor for factor in STEPS] + [step for step in BEST_STEPS if not 0.09 < step / now < 11]
    return tuple({"learning_rate_init": step} for step in tried if 1e-6 <= step <= 1.0)


def _weaker(model: Model) -> tuple[Change, ...]:
    strong = {
        name: weak
        for name, weak in (("alpha", SMALLEST_ALPHA), ("dropout", 0.0), ("l1", 0.0))
        if float(model.parameters.get(name) or 0.0) > weak
    }
    return (strong,) if strong else ()


def _stronger(model: Model) -> tuple[Change, ...]:
    alpha, dropout = float(model.parameters["alpha"]), float(model.parameters.get("dropout") or 0.0)
    by_alpha = tuple({"alpha": strong} for strong in ALPHAS if strong > alpha)
    if not model.parameters["hidden_layer_sizes"]:
        return by_alpha
    return by_alpha + tuple({"dropout": share} for share in DROPOUTS if share > dropout)


def _initialization(model: Model) -> tuple[Change, ...]:
    return ({"init": "auto"},) if model.parameters.get("init", "auto") != "auto" else ()


def _activation(model: Model) -> tuple[Change, ...]:
    if not model.parameters["hidden_layer_sizes"]:
        return ()
    if model.parameters["activation"] == "relu":
        return ({"activation": "tanh"},)
    change: dict[str, Any] = {"activation": "relu"}
    if model.parameters.get("init", "auto") != "auto":
        change["init"] = "auto"
    return (change,)


def _scale(model: Model) -> tuple[Change, ...]:
    return () if model.scale_inputs else ({"scale_inputs": True},)


def _stop_early(model: Model) -> tuple[Change, ...]:
    cannot = model.parameters["early_stopping"] or model.parameters["solver"] == "lbfgs"
    return () if cannot else ({"early_stopping": True},)


MORE_DATA = "more_data"  # the remedy that no trial can run: a forecast stands for it
LEAVE_IT = "leave_it"
NOT_FIRST = Message("It costs nothing; compare every change with it.")
SEARCH = "search_settings"  # the remedy whose change is found by its trial
REFUTED = ("no_effect", "hurt")  # verdicts of a trial that take a remedy out of what is recommended
BEFORE_THE_MODEL = (
    "no_signal",
    "leak",
    "misleading_split",
)  # no change of the model can touch them: what treats them comes first
FEW_DEV_ROWS = "few_dev_rows"  # a problem worth a remedy only while it keeps the verdict open
VERDICT_RULES = ("B1", "V1")

REMEDIES: dict[str, Remedy] = {
    row.key: row
    for row in (
        # first make it train
        Remedy(
            "scale_inputs", Message("Scale the inputs"), "training", ("unscaled_inputs",), _scale, 0.5,
            Message("Columns on very different scales make gradient descent crawl along the narrow ones."),
        ),
        Remedy(
            "step_size", Message("Another step size"), "training", ("wrong_step", "divergence"), _step, 0.4,
            Message("Too small a step gets nowhere in the epochs given; too large a step jumps over the minimum."),
        ),
        Remedy(
            "other_initialization", Message("Another initialization"), "training", ("bad_initialization",), _initialization, 0.5,
            Message("Equal or oversized starting weights keep units alike or stuck on the flat part of the activation."),
        ),
        Remedy(
            "other_activation", Message("Another activation function"), "training", ("bad_activation",), _activation, 0.4,
            Message("A unit whose slope is near zero passes no gradient on; a linear one adds nothing to a linear model."),
        ),
        # high bias
        Remedy(
            "bigger_network", Message("A bigger network"), "bias", ("high_bias", "small_network"), _bigger, 0.3,
            Message("More units can bend the fit further toward the training rows."),
        ),
        Remedy(
            "train_longer", Message("Train longer"), "bias", ("high_bias", "short_training"), _longer, 0.25,
            Message("The training error was still falling, or stopped early on a plateau."),
        ),
        Remedy(
            "other_optimizer", Message("Another optimization method"), "bias", ("high_bias", "slow_optimizer"), _optimizer, 0.2,
            Message("The same network can reach a lower training error with another way of taking steps."),
        ),
        Remedy(
            "weaker_regularization", Message("Weaker regularization"), "bias", ("high_bias", "over_regularized"), _weaker, 0.35,
            Message("The penalty keeps the weights smaller than the data ask for."),
        ),
        # high variance
        Remedy(
            "regularization", Message("Regularization"), "variance", ("high_variance", "under_regularized"), _stronger, 0.15,
            Message("A penalty on large weights keeps the network from learning the noise of its training rows."),
        ),
        Remedy(
            MORE_DATA, Message("More training data"), "variance", ("high_variance", "few_rows"), _never, 0.2,
            Message("With more rows there is less chance to learn by heart."),
        ),
        Remedy(
            "early_stopping", Message("Early stopping"), "variance", ("past_minimum",), _stop_early, 0.1,
            Message("The dev error was lower before the last epochs learnt the noise."),
        ),
        Remedy(
            "smaller_network", Message("A smaller network"), "variance", ("large_network",), _smaller, 0.05,
            Message("Fewer weights can learn less by heart."),
        ),
        # the data
        Remedy(
            "repair_table", Message("Repair how the table is used"), "data", ("misleading_split", "leak"), _never, 0.0,
            Message("Until then every error looks too good, and nothing that is measured can be trusted."),
        ),
        Remedy(
            "more_dev_rows", Message("More rows to judge with"), "data", (FEW_DEV_ROWS, "dev_overused"), _never, 0.0,
            Message("With few rows to judge with, chance decides which of two models looks better."),
        ),
        Remedy(
            "better_features", Message("Better columns"), "data", ("no_signal", "noise"), _never, 0.0,
            Message("No setting can find what the columns do not say."),
        ),
        Remedy(
            "matching_data",
            Message("Training data like the dev rows"),
            "data",
            ("mismatch",),
            _never,
            0.0,
            Message("The model does well on new rows like its training rows: more rows of the dev kind would teach it the rest."),
        ),
        Remedy(
            "clean_labels", Message("Cleaner answers"), "data", ("conflicting_labels",), _never, 0.0,
            Message("Rows with wrong answers set a floor that no model gets below."),
        ),
        Remedy(
            "other_model", Message("Another model"), "data", ("simple_model_wins", "reference_wins"), _never, 0.0,
            Message("A reference model does better on the same rows: use it, or repair this model until it wins."),
        ),
        Remedy(
            SEARCH, Message("Search the settings"), "data", ("high_bias", "high_variance", "reference_wins", "harmless_gap", "noise"), _never, 0.0,
            Message("Some settings only help together: combinations are drawn at random, and the best runs against the model as it is."),
        ),
        Remedy(
            LEAVE_IT, Message("Leave it"), "data", ("harmless_gap", "noise", "nothing"), _never, 0.0,
            Message("No change is shown to lower the dev error by an amount that matters."),
        ),
    )
}  # fmt: skip


def applicable(model: Model, keys: Collection[str] | None = None) -> list[tuple[str, Change]]:
    """List (remedy, change) for every setting that a remedy could try on this model."""
    if not is_network(model):
        return [one for one in levers(model.estimator) if keys is None or one[0] in keys]
    rows = (row for row in REMEDIES.values() if keys is None or row.key in keys)
    return [(row.key, change) for row in rows for change in row.changes(model) if _is_possible(model, change)]


def _is_possible(model: Model, change: Change) -> bool:
    """Tell whether the changed settings go together: L-BFGS with dropout, for one, does not."""
    try:
        changed(model, change)
    except SettingError:
        return False
    return True


def recommend(
    findings: Sequence[Finding], evidence: Evidence, model: Model | None = None
) -> tuple[Recommendation, ...]:
    """Order the remedies that treat what was found: surest and largest gain first.

    What was probed counts with its measured gain; what could not be, with its usual worth. Leaving the model as it is
    is always in the list, and comes first when nothing surely or likely gains.
    """
    fired: dict[str | None, Finding] = {
        finding.problem: finding for finding in findings if finding.outcome == "fired" and finding.problem
    }
    if not any(finding.code in VERDICT_RULES and finding.outcome == "undecided" for finding in findings):
        fired.pop(FEW_DEV_ROWS, None)
    entries = [_entry(row, fired, evidence, model) for row in REMEDIES.values()]
    ordered = sorted((e for e in entries if e is not None), key=lambda entry: entry[0])
    return ranked([recommendation for _, recommendation in ordered])


def ranked(ordered: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """Number recommendations in their order; what is said of leaving the model as it is depends on its place."""
    numbered = (replace(one, rank=rank) for rank, one in enumerate(ordered, start=1))
    return tuple(
        replace(one, because=NOT_FIRST) if one.remedy == LEAVE_IT and one.rank > 1 else one for one in numbered
    )


def settled(recommendations: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """Put what was tried and has no effect that matters, or hurt, behind leaving the model as it is."""
    refuted = [one for one in recommendations if one.trial is not None and one.trial.verdict in REFUTED]
    first = [
        replace(one, because=REMEDIES[LEAVE_IT].why) if one.remedy == LEAVE_IT else one
        for one in recommendations
        if one not in refuted
    ]
    return ranked([*first, *refuted])


def decide(change: Estimate, material: float) -> TrialVerdict:
    """Read the interval of a change in dev error against δ.

    >>> decide(Estimate(-0.05, -0.06, -0.04), 0.01), decide(Estimate(0.0, -0.004, 0.004), 0.01)
    ('helped', 'no_effect')
    """
    if change.high < -material / 2:
        return "helped"
    if change.low > material / 2:
        return "hurt"
    return "no_effect" if -material <= change.low and change.high <= material else "undecided"


Order = tuple[int, float, str]
# First what can be changed at once; another model, or more rows, cost more than a setting.
FIRST, SURE, LIKELY, DEARER, AS_IT_IS, PERHAPS = range(6)


def _entry(
    row: Remedy, fired: Mapping[str | None, Finding], evidence: Evidence, model: Model | None
) -> tuple[Order, Recommendation] | None:
    problem = next((p for p in reversed(row.treats) if p in fired), None)
    probe = evidence.probes.get(row.key)
    if row.key == LEAVE_IT:
        return (AS_IT_IS, 0.0, row.key), _made(row, problem or "nothing", row.why, exactly(0.0), {})
    if row.key == SEARCH:
        return _search(row, problem, fired, model)
    if probe is not None:
        return _probed_entry(row, problem, probe, fired, evidence)
    if row.key == "other_model" and problem is not None:
        return _other_model(row, problem, fired, evidence)
    changes = [] if model is None else [change for _, change in applicable(model, {row.key})]
    if problem is None or (model is not None and row.changes is not _never and not changes):
        return None
    expected, change = _expected(row, evidence, fired), next(iter(changes), {})
    order = (_place(row, expected, problem), expected, row.key)
    return order, _made(row, problem, fired[problem].message, _guess(expected), change)


def _search(
    row: Remedy, problem: str | None, fired: Mapping[str | None, Finding], model: Model | None
) -> tuple[Order, Recommendation] | None:
    """Offer a search for every network whose columns say something: what only helps together no rule foresees."""
    suits = problem is not None if model is None else is_network(model)
    if not suits or not fired.keys().isdisjoint(BEFORE_THE_MODEL):
        return None
    return (PERHAPS, 0.0, row.key), _made(row, problem or "nothing", row.why, None, {})


def _other_model(
    row: Remedy, problem: str, fired: Mapping[str | None, Finding], evidence: Evidence
) -> tuple[Order, Recommendation] | None:
    """Recommend the reference model that surely does better; the learning curves were its trial."""
    lead = evidence.simple_lead if problem == "simple_model_wins" else evidence.reference_lead
    if lead is None:
        return None
    change = -lead
    order = (_place(row, change.value, problem), change.value, row.key)
    repeats = 0 if evidence.repeats is None else round(evidence.repeats.value)
    trial = Trial(row.key, decide(change, evidence.delta), change, repeats, 0.0)
    return order, replace(_made(row, problem, fired[problem].message, change, {}), trial=trial)


def _place(row: Remedy, expected: float, problem: str | None) -> int:
    if problem in BEFORE_THE_MODEL:
        return FIRST
    if (row.key in (MORE_DATA, "other_model") and expected < 0) or row.key == "more_dev_rows":
        return DEARER
    return SURE if expected < 0 else PERHAPS


def _probed_entry(
    row: Remedy, problem: str | None, probe: Probe, fired: Mapping[str | None, Finding], evidence: Evidence
) -> tuple[Order, Recommendation] | None:
    """Place a probed remedy: before "leave it" when it surely or likely gains, after it when it only might."""
    half, gain = evidence.delta / 2, gain_of(evidence, row.key)
    if probe.dev.surely_below < -half:
        place = SURE
    elif gain is not None and is_likely(gain, evidence):
        place = LIKELY
    elif probe.dev.low < -half and (problem or probe.dev.surely_below < 0):
        place = PERHAPS
    else:
        return None
    because = fired[problem].message if problem in fired else row.why
    return (place, probe.dev.value, row.key), _made(row, problem or row.treats[-1], because, probe.dev, probe.settings)


def _expected(row: Remedy, evidence: Evidence, fired: Mapping[str | None, Finding]) -> float:
    """Return the change of dev error to expect of a remedy that could not be probed (negative is better)."""
    if row.key == MORE_DATA:
        gain = evidence.more_data_gain
        return -gain.value if gain is not None and "few_rows" in fired else 0.0
    if evidence.probes or evidence.dev_error is None:
        return 0.0
    part = evidence.avoidable_bias if row.column in ("bias", "training") else evidence.variance
    room = max(0.0, part.value) if part is not None else 0.0
    return -row.worth * room


def _guess(change: float) -> Estimate | None:
    return None if change == 0 else Estimate(change, 2 * change, 0.0)


def _made(row: Remedy, problem: str, because: Message, expected: Estimate | None, change: Change) -> Recommendation:
    return Recommendation(0, row.key, row.title, row.column, because, problem, expected, dict(change))
