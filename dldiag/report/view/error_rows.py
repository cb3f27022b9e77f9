"""Where the model is wrong, as texts: slices, label suspects, importance, bias and variance per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dldiag.core.error_findings import Condition, ErrorFindings, LabelSuspects, LabelTrial, Slice, TagCount
from dldiag.core.i18n import Message, sentences, tr, trn, typeset
from dldiag.core.types import Report
from dldiag.report.view.labels import change_text, error_text, gain_text, share_text, short, unit_of
from dldiag.report.view.rows import TextRow, unit_line

OWN_METRICS = ("error", "rmse")  # The metrics that the analysis itself counts by.
_MOST_COLUMNS = 10  # At most this many columns are shown with their importance.
NAMED_COLUMNS = 4  # At most this many columns of a correlated group are named.
TITLE = Message("Where it is wrong")
# What the columns beside the table's own are called in a list of rows; the download keeps their names.
LIST_COLUMNS: Mapping[str, Message] = {
    "row": Message("row"),
    "label": Message("label"),
    "prediction": Message("prediction"),
    "suggested": Message("expected by the model"),
    "label score": Message("trust in the label"),
    "probability of the label": Message("probability of the label"),
    "wrong": Message("times wrong"),
    "predictions": Message("times predicted"),
    "loss": Message("loss"),
    "bias": Message("bias"),
    "variance": Message("variance"),
}
LABEL_VERDICTS = {
    "wrong_labels": Message("Leaving them out of the training set helps more than leaving out as many random rows: check these labels."),
    "no_effect": Message("Leaving them out of the training set does not help: hard rows, not wrong labels."),
    "hurt": Message("Leaving them out of the training set makes the model worse: hard rows, not wrong labels."),
    "undecided": Message("Whether leaving them out of the training set helps is undecided."),
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of a report: its heading, what is said, a table of texts, and the figures (names in FIGURES) that go with it."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    rows: tuple[TextRow, ...] = ()
    figures: tuple[str, ...] = ()


def error_sections(errors: ErrorFindings, judged_in: str = "") -> list[Section]:
    """Return the parts of "Where it is wrong" in their order; each has something to say.

    judged_in: the unit of the metric that trials are judged by; "" for the unit of the errors themselves.
    """
    suspects = _suspects(errors, judged_in or errors.unit)
    parts = [_slices(errors), _decomposition(errors), tags_section(errors.tags), suspects, _importance(errors)]
    return [part for part in parts if part.lines or part.rows]


def sections_of_report(report: Report) -> list[Section]:
    """Return the parts of "Where it is wrong" of a diagnosis; the first one says what is counted, where that needs a word."""
    if report.errors is None:
        return []
    sections = error_sections(report.errors, unit_of(report))
    return [replace(one, lines=(*counted_lines(report), *one.lines)) for one in sections[:1]] + sections[1:]


def opening_line(report: Report) -> str:
    """Say how much is wrong, where most of it is, and what is counted."""
    if report.errors is None:
        return ""
    different = report.evidence.get("n_dev")
    overall = errors_line(report.errors, None if different is None else round(different.value))
    return sentences([overall, *counted_lines(report)])


def counted_lines(report: Report) -> Iterator[str]:
    """Say what this part counts where the verdict uses another metric, and what an error of 1 is for a numeric target."""
    errors, used = report.errors, report.metric
    if errors is None:
        return
    if used is not None and used.name not in OWN_METRICS:
        text = (
            "This part counts wrong rows, each the same whatever its class. The verdict uses another metric: {metric}."
        )
        if errors.unit != "rate":
            text = "This part counts squared errors. The verdict uses another metric: {metric}."
        yield tr(text, metric=str(used.label))
    if errors.unit == "sd" and (line := unit_line(report, errors.error.value)):
        yield line


def errors_line(errors: ErrorFindings, different: int | None = None) -> str:
    """Say in one line how much is wrong and where most of it is.

    different: of a diagnosis, how many of the dev rows in all its repeats are no copies of others.
    """
    value = error_text(errors.error, errors.unit)
    line = tr("Error rate {error}", error=value) if errors.unit == "rate" else tr("Error {error}", error=value)
    total = _on_rows(line, errors.rows, different)
    if errors.unknown:
        line = trn(
            "{n:,} prediction is no label of the target and counts as wrong.",
            "{n:,} predictions are no labels of the target and count as wrong.",
            errors.unknown,
        )
        total = f"{total} {line}"
    lines = [total, *_given_lines(errors)]
    return sentences([*lines, slice_line(errors.confirmed[0], errors.unit)] if errors.confirmed else lines)


def _given_lines(errors: ErrorFindings) -> Iterator[str]:
    """Say of given predictions which rows are left out, and what an error of 1 is for a numeric target."""
    if errors.left_out:
        yield trn(
            "{n:,} row without a target or a prediction is left out.",
            "{n:,} rows without a target or a prediction are left out.",
            errors.left_out,
        )
    if errors.spread is not None:
        yield tr(
            "Errors are in units of the standard deviation of the target, {spread}: {error:error} is {own}.",
            spread=short(errors.spread),
            error=errors.error.value,
            unit=errors.unit,
            own=short(errors.error.value * errors.spread),
        )


def _on_rows(sentence: str, rows: int, different: int | None) -> str:
    if different is None:
        return trn("{error} on {n:,} row.", "{error} on {n:,} rows.", rows, error=sentence)
    if different >= rows:
        return tr("{error} on the {n:,} dev rows of all repeats.", error=sentence, n=rows)
    text = "{error} on the {n:,} dev rows of all repeats, {different:,} of them different."
    return tr(text, error=sentence, n=rows, different=different)


def slice_line(one: Slice, unit: str) -> str:
    """Say what a slice is and how much worse it is."""
    values = {"rule": rule_text(one.rule), "error": one.error.value, "rest": one.rest.value, "unit": unit}
    return tr(
        "Rows with {rule}: {error:error} wrong, {rest:error} elsewhere. They are {rows:.0%} of the rows and {share:.0%} of the error."
        if unit == "rate"
        else "Rows with {rule}: error {error:error}, {rest:error} elsewhere. They are {rows:.0%} of the rows and {share:.0%} of the squared error.",
        **values,
        rows=one.share_of_rows,
        share=one.share_of_error,
    )


def rule_text(rule: Sequence[Condition]) -> str:
    """Write a rule in words; two bounds of one column are one range.

    >>> rule_text((Condition("age", ">", 30.0), Condition("age", "<=", 40.0), Condition("city", "==", "Bonn")))
    '30 < age ≤ 40 and city = Bonn'
    """
    return f" {tr('and')} ".join(_parts(rule))


def _parts(rule: Sequence[Condition]) -> Iterator[str]:
    columns: dict[str, list[Condition]] = {}
    for one in rule:
        columns.setdefault(one.column, []).append(one)
    for name, conditions in columns.items():
        bounds = {condition.op: _value(condition.value) for condition in conditions}
        if ">" in bounds and "<=" in bounds:
            yield f"{bounds['>']} < {name} ≤ {bounds['<=']}"
        elif "missing" in bounds:
            yield tr("{column} missing", column=name)
        else:
            op, value = next(iter(bounds.items()))
            yield f"{name} {_SIGNS[op]} {value}"


_SIGNS = {"==": "=", "<=": "≤", ">": ">"}


def _value(value: float | str | None) -> str:
    if not isinstance(value, float | int):
        return str(value)
    return typeset(f"{value:.10g}")


# --- sections -----------------------------------------------------------------------------------------------------


def _slices(errors: ErrorFindings) -> Section:
    lines = [str(errors.empty["slices"])] if "slices" in errors.empty else []
    if errors.confirmed:
        lines += [
            tr(
                "Found on one half of the rows and measured on the other. By chance alone, one report in 20 shows such"
                " a slice."
            )
        ]
    if len(errors.confirmed) > 1:
        lines += [tr("A row may be in several slices, so their shares do not add up.")]
    unsure = len(errors.slices) - len(errors.confirmed)
    if unsure and errors.confirmed:
        lines += [
            trn(
                "{n} more slice was found on the first half, but not confirmed on the other.",
                "{n} more slices were found on the first half, but not confirmed on the other.",
                unsure,
            )
        ]
    rows = tuple(_slice_row(part, errors.unit) for part in errors.confirmed)
    return Section("slices", tr("Slices with more errors"), tuple(lines), rows)


def _slice_row(one: Slice, unit: str) -> TextRow:
    return {
        tr("Rows with"): rule_text(one.rule),
        tr("Error there"): error_text(one.error, unit),
        tr("Error elsewhere"): error_text(one.rest, unit),
        tr("Rows"): f"{one.rows:,} ({one.share_of_rows:.0%})",
        tr("Share of all error"): f"{one.share_of_error:.0%}",
        tr("Most that fixing it can gain"): gain_text(one.ceiling, unit),
    }


def _decomposition(errors: ErrorFindings) -> Section:
    one = errors.decomposition
    is_number = one is not None and one.always is None
    title = tr("Bias and variance of the predictions") if is_number else tr("Always wrong or sometimes wrong")
    if one is None:
        return Section("decomposition", title)
    values = {"bias": short(one.bias), "variance": short(one.variance), "repeats": f"{one.repeats:.1f}"}
    if one.always is None or one.sometimes is None:
        text = tr(
            "In units of the target's variance, {bias} of the squared error is the same whatever training set is "
            "drawn (bias). {variance} changes with it (variance). Each row was predicted {repeats} times on average.",
            **values,
        )
        other = tr("The error budget calls something else variance: the dev error less the training error.")
        return Section("decomposition", title, (text, other))
    text = tr(
        "{always} of the dev rows are wrong whatever training set is drawn, {sometimes} only with some. Each row was predicted "
        "{repeats} times on average.",
        always=share_text(one.always),
        sometimes=share_text(one.sometimes),
        repeats=values["repeats"],
    )
    return Section("decomposition", title, (text,))


def _suspects(errors: ErrorFindings, judged_in: str) -> Section:
    title = tr("Suspicious labels")
    if errors.suspects is None:
        return Section("suspects", title, (str(errors.empty["suspects"]),) if "suspects" in errors.empty else ())
    return Section(
        "suspects",
        title,
        tuple(suspects_lines(errors.suspects, errors.unit)),
        tuple(_suspect_rows(errors.suspects.tried, judged_in)),
    )


def suspects_lines(suspects: LabelSuspects, unit: str) -> Iterator[str]:
    """Say how many labels the model contradicts, and what leaving them out did."""
    if suspects.rows == 0:
        yield tr("No label is suspicious.")
        return
    yield trn(
        "The model confidently contradicts {n:,} label: {share} of the rows.",
        "The model confidently contradicts {n:,} labels: {share} of the rows.",
        suspects.rows,
        share=share_text(suspects.share),
    )
    if suspects.error_without is not None:
        yield tr(
            "If all of these labels are wrong, the true error rate is {error}."
            if unit == "rate"
            else "If all of these labels are wrong, the true dev error is {error}.",
            error=error_text(suspects.error_without, unit),
        )
    if suspects.tried is None:
        yield tr("That may be hard rows rather than wrong labels: only a test tells.")
        return
    yield str(LABEL_VERDICTS[suspects.tried.verdict])


def _suspect_rows(tried: LabelTrial | None, unit: str) -> Iterator[TextRow]:
    """Yield what was done with the suspicious labels, and what that did to the dev error."""
    if tried is None:
        return
    done = {
        tr("left out of the training set"): tried.change,
        tr("the same, against leaving out as many random rows"): tried.against_random,
        tr("replaced by what the model expects"): tried.relabelled,
    }
    for what, change in done.items():
        if change is not None:
            yield {tr("Suspicious labels"): what, tr("Change of the dev error"): change_text(change, unit)}


def tags_section(tags: Sequence[TagCount]) -> Section:
    """Return the categories that a person gave wrong rows, with the most that fixing each can gain."""
    title = tr("What the errors are")
    rows = tuple(
        {
            tr("Category"): tag.tag,
            tr("Rows"): f"{tag.rows:,}",
            tr("Share of the errors looked at"): share_text(tag.share),
            tr("Most that fixing it can gain"): gain_text(tag.ceiling, "rate"),
        }
        for tag in tags
    )
    note = tr("A row may be in several categories, so that shares may add up to more than 100%.")
    return Section("tags", title, (note,) if rows else (), rows)


def _importance(errors: ErrorFindings) -> Section:
    rows = tuple(
        {
            tr("Column"): column_names(column.columns or (column.column,)),
            tr("Error rises by"): change_text(column.increase, errors.unit),
        }
        for column in errors.importance[:_MOST_COLUMNS]
    )
    text = "How much the dev error rises when a column is shuffled; correlated columns are shuffled together."
    if errors.unit == "rate":
        text = "How much the error rate rises when a column is shuffled; correlated columns are shuffled together."
    lines = (tr(text),)
    figures = ("dependence",) if errors.dependence else ()
    return Section("importance", tr("Which columns the model relies on"), lines if rows else (), rows, figures)


def column_names(names: Sequence[str]) -> str:
    """Write a group of columns, the first few by name.

    >>> column_names(["a", "b"]), column_names(["a", "b", "c", "d", "e", "f"])
    ('a, b', 'a, b, c, d and 2 more')
    """
    text, more = ", ".join(names[:NAMED_COLUMNS]), len(names) - NAMED_COLUMNS
    return tr("{names} and {more} more", names=text, more=more) if more > 0 else text
