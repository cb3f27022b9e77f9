"""Performance on the dev rows as texts: every metric, every class, thresholds, residuals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from dldiag.core.i18n import Message, listed, tr, translate, trn
from dldiag.core.metric_results import ClassScores, MetricUsed
from dldiag.core.performance import Band, Performance, Thresholds
from dldiag.core.types import Estimate, Report
from dldiag.experiments.metrics import METRICS
from dldiag.report.view.error_rows import Section
from dldiag.report.view.labels import baseline_text, error_text, leveled, metric_text, share_text
from dldiag.report.view.rows import TextRow

PERFORMANCE_TITLE = Message("How well it predicts")
_MOST_MISTAKES = 3  # At most this many kinds of mistakes are listed.
_MOST_CLASSES_READ = 20  # A text lists at most this many classes.
_MOST_CLASS_ROWS = 12  # With more rows, only the diagnosed model is listed.
RECALLS_LISTED = (0.5, 0.8, 0.9, 0.95)  # A threshold is listed for each of these recalls.
LEAST_EXPLAINED = 0.01  # Share of the squared error; a column that explains less shows no pattern.
PER = 1_000  # Counts of a threshold are per this many rows.


def performance_sections(report: Report) -> list[Section]:
    """Return the parts of "How well it predicts" in their order, each with the figures that belong to it."""
    if not report.performance:
        return []
    parts = (_metrics, _classes, _thresholds, _rankings, _calibration, _residuals)
    return [one for part in parts for one in part(report)]


def brief_sections(report: Report) -> list[Section]:
    """Return the parts for a reader without figures: the diagnosed model only, and only what numbers can say."""
    alone = replace(report, performance=report.performance[:1])
    sections = [one for one in performance_sections(alone) if one.rows or one.key == "calibration"]
    return [_with_worst_classes(one, alone.performance[0]) if one.key == "classes" else one for one in sections]


def _with_worst_classes(section: Section, performance: Performance) -> Section:
    """Keep the classes of lowest recall where there are many, and say how many others there are."""
    others = len(section.rows) - _MOST_CLASSES_READ
    if others <= 0:
        return section
    recalls = [1.0 if scores.recall is None else scores.recall.value for scores in performance.per_class]
    worst = sorted(np.argsort(recalls, kind="stable")[:_MOST_CLASSES_READ])
    note = trn(
        "Below are the classes of lowest recall; {n} other is in the JSON and HTML reports.",
        "Below are the classes of lowest recall; {n} others are in the JSON and HTML reports.",
        others,
    )
    return replace(section, lines=(*section.lines, note), rows=tuple(section.rows[place] for place in worst))


def performance_label(performance: Performance) -> str:
    """Return the name of a model in the reader's language."""
    return translate(performance.label)


def metric_lines(report: Report) -> Iterator[str]:
    """Say which metric the report uses and why, which class is positive, and the baseline's value."""
    used = report.metric
    if used is None:
        return
    yield tr("Judged by: {metric}.", metric=leveled(used))
    if used.why is not None:
        yield str(used.why)
    if used.positive is not None:
        yield tr('Positive class: "{label}".', label=used.positive)
    yield tr("Baseline: always predicting the best constant gets {value}.", value=baseline_text(used))


# --- every metric -------------------------------------------------------------------------------------------------


def _metrics(report: Report) -> Iterator[Section]:
    first = report.performance[0]
    metric = "" if report.metric is None else report.metric.name
    names = sorted(first.metrics, key=lambda name: name != metric)
    rows = tuple(_metric_row(name, report.performance, report.metric) for name in names)
    lines = [*metric_lines(report)]
    if rows:
        lines.append(tr("↑: higher is better. All on the same dev rows, with 90% intervals."))
        yield Section("metrics", tr("Every metric"), tuple(lines), rows)


def _metric_row(name: str, models: Sequence[Performance], used: MetricUsed | None) -> TextRow:
    metric, level = METRICS[name], None if used is None else used.level
    is_chosen = used is not None and used.name == name
    label = str(metric.label)
    if metric.holds_level and level is not None:
        label = tr("{metric} of {level:.0%}", metric=label, level=level)
    label = f"{label} ↑" if metric.higher_is_better else label
    row = {tr("Metric"): tr("{metric} (chosen)", metric=label) if is_chosen else label}
    return row | {performance_label(model): _metric_cell(name, model) for model in models}


def _metric_cell(name: str, performance: Performance) -> str:
    return metric_text(name, performance.metrics[name]) if name in performance.metrics else ""


# --- classes ------------------------------------------------------------------------------------------------------


def _classes(report: Report) -> Iterator[Section]:
    models = [performance for performance in report.performance if performance.per_class]
    if not models:
        return
    are_few = len(models) > 1 and len(models[0].per_class) * len(models) <= _MOST_CLASS_ROWS
    rows = _rows_of_models(models) if are_few else (_class_row(scores) for scores in models[0].per_class)
    yield Section("classes", tr("Each class"), tuple(_mistake_lines(models[0])), tuple(rows), ("confusion",))


def _rows_of_models(models: Sequence[Performance]) -> Iterator[TextRow]:
    """Yield recall and precision of each class, the models side by side: short also where each row is a card."""
    for of_class in zip(*(model.per_class for model in models), strict=True):
        label, rows = of_class[0].label, trn("{n:,} dev row", "{n:,} dev rows", of_class[0].rows)
        by_model = [(performance_label(model), scores) for model, scores in zip(models, of_class, strict=True)]
        recall = tr('Recall of "{label}" ({rows})', label=label, rows=rows)
        yield {tr("Metric"): recall} | {name: _recall(scores) for name, scores in by_model}
        precision = tr('Precision of "{label}"', label=label)
        yield {tr("Metric"): precision} | {name: _precision(scores) for name, scores in by_model}


def _class_row(scores: ClassScores) -> TextRow:
    return {
        tr("Class"): scores.label,
        tr("Dev rows"): f"{scores.rows:,}",
        tr("Recall"): _recall(scores),
        tr("Precision"): _precision(scores),
    }


def _recall(scores: ClassScores) -> str:
    return share_text(scores.recall) if scores.recall else ""


def _precision(scores: ClassScores) -> str:
    return share_text(scores.precision) if scores.precision else tr("never predicted")


def _mistake_lines(performance: Performance) -> Iterator[str]:
    """Say the most frequent kinds of mistakes between two classes, and which classes are counted as one."""
    found = performance.confusion
    if found is None:
        return
    labels, shares = found.named, found.class_shares
    kinds = [
        (count, labels[i], labels[j], shares[i][j])
        for i, row in enumerate(found.counts[: len(labels)])
        for j, count in enumerate(row[: len(labels)])
        if i != j and count
    ]
    for count, true, predicted, share in sorted(kinds, key=lambda kind: -kind[0])[:_MOST_MISTAKES]:
        yield trn(
            '"{true}" predicted as "{said}": {share:.1%} of the "{true}" rows (one prediction).',
            '"{true}" predicted as "{said}": {share:.1%} of the "{true}" rows ({n:,} predictions).',
            count,
            true=true,
            said=predicted,
            share=share,
        )
    if found.other:
        text = "In the figure the {n} rarest classes count as one, the last; mistakes with them are not listed here."
        yield tr(text, n=len(performance.per_class) - len(labels))


# --- probabilities ------------------------------------------------------------------------------------------------


def _thresholds(report: Report) -> Iterator[Section]:
    thresholds = report.performance[0].thresholds
    if thresholds is None:
        return
    lines = (
        tr('A row is called "{label}" where its probability is at least the threshold.', label=thresholds.label),
        tr(
            "A threshold chosen on these dev rows looks better than it is. To choose one fairly, test the fix that moves it."
        ),
    )
    rows = tuple(threshold_row(thresholds, i) for i in listed_thresholds(thresholds))
    yield Section("thresholds", tr("Thresholds"), lines, rows, ("thresholds",))


def listed_thresholds(thresholds: Thresholds) -> list[int]:
    """Return the places of the thresholds that are listed: the model's own, and the highest that reach some recalls."""
    reaching = [[i for i, one in enumerate(thresholds.recall.value) if one >= least] for least in RECALLS_LISTED]
    return sorted({thresholds.now, *(places[-1] for places in reaching if places)})


def threshold_row(thresholds: Thresholds, place: int) -> TextRow:
    """Return what a threshold gives."""
    mark = tr("{threshold} (now)", threshold=threshold_text(thresholds.at[place]))
    row = {
        tr("Threshold"): mark if place == thresholds.now else threshold_text(thresholds.at[place]),
        tr("Recall"): share_text(point_of(thresholds.recall, place)),
        tr("Precision"): share_text(point_of(thresholds.precision, place)),
        tr("Of 1,000 rows"): rows_of_1000(thresholds, place),
    }
    if thresholds.cost is not None:
        row[tr("Cost per row")] = error_text(point_of(thresholds.cost, place), "cost")
    return row


def rows_of_1000(thresholds: Thresholds, place: int) -> str:
    """Say how many of 1,000 rows a threshold finds, misses and wrongly flags."""
    return trn(
        "{found:.0f} found, {missed:.0f} missed, {n} false alarm",
        "{found:.0f} found, {missed:.0f} missed, {n} false alarms",
        round(PER * thresholds.false_alarms[place]),
        found=PER * thresholds.found[place],
        missed=PER * thresholds.missed[place],
    )


def threshold_text(at: float) -> str:
    """Write a probability as percent with the digits that count.

    >>> threshold_text(0.5), threshold_text(0.012), threshold_text(0.00034)
    ('50%', '1.2%', '0.034%')
    """
    return f"{100 * at:.3g}%"


def point_of(curve: Band, place: int) -> Estimate:
    """Return one point of a curve."""
    return Estimate(curve.value[place], curve.low[place], curve.high[place])


def _rankings(report: Report) -> Iterator[Section]:
    rankings = report.performance[0].rankings
    if rankings:
        shares = listed(tr('{share:.1%} for "{label}"', share=one.share, label=one.label) for one in rankings)
        line = tr("Precision of a random ranking, which is the share of the class: {shares}.", shares=shares)
        yield Section("rankings", tr("ROC and precision–recall curves"), (line,), (), ("roc", "precision_recall"))


def _calibration(report: Report) -> Iterator[Section]:
    one = report.performance[0]
    if one.calibration is not None:
        title = tr("Calibration: do the probabilities hold?")
        yield Section("calibration", title, (calibration_line(one.calibration),), (), ("calibration",))


def calibration_line(band: Band) -> str:
    """Say where the observed share is clearly not the predicted probability, the worst place first; or that it is."""
    off = [
        (band.rows[i] * abs(band.value[i] - predicted), i)
        for i, predicted in enumerate(band.x)
        if not band.low[i] <= predicted <= band.high[i]
    ]
    if not off:
        return tr("The observed shares agree with the predicted probabilities, as far as these rows can tell.")
    place = max(off)[1]
    return trn(
        "{n} of {bins} bins is off: where the model says {said}, {seen} is observed.",
        "{n} of {bins} bins are off. The worst: where the model says {said}, {seen} is observed.",
        len(off),
        bins=len(band.x),
        said=threshold_text(band.x[place]),
        seen=share_text(point_of(band, place)),
    )


# --- numeric targets ----------------------------------------------------------------------------------------------


def _residuals(report: Report) -> Iterator[Section]:
    residuals = report.performance[0].residuals
    if residuals is None:
        return
    lines = (
        tr(
            "Residual: actual − predicted, in the unit of {target}. Above 0 the model predicts too little.",
            target=report.dataset.target,
        ),
    )
    yield Section("fit", tr("Predicted against actual"), lines, (), ("predicted_actual", "residuals"))
    listed = [bins for bins in residuals.by_column if bins.explained >= LEAST_EXPLAINED]
    rows = tuple(
        {tr("Column"): bins.column, tr("Share of the squared error"): f"{bins.explained:.1%}"} for bins in listed
    )
    text = tr("Where a column explains residuals, the model has not learned all that this column shows.")
    none = tr("No column explains any of the residuals: the model has learned what each one shows by itself.")
    figures = ("residuals_by_column",) if residuals.by_column else ()
    yield Section("residuals", tr("Residuals by column"), (text if rows else none,), rows, figures)
