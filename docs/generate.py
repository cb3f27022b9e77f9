"""Writes the pages that follow from the code: rules.md, remedies.md, metrics.md, cli.md, course.md. `--check` says which are stale instead."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from dldiag.cli.flags import help_of
from dldiag.cli.main import parser
from dldiag.course.contents import TOPICS, all_lessons, all_statements
from dldiag.course.shared.lesson import VERDICT_WORDS, ClaimVerdict, Lesson, Statement, Topic
from dldiag.data.samples import SAMPLES
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.diagnosis.rules import RULES
from dldiag.diagnosis.rules.engine import silenced_by
from dldiag.diagnosis.rules.rule import Example, Rule
from dldiag.experiments.metrics import METRICS
from dldiag.experiments.models import MODELS, params_for
from dldiag.report.view import COLUMNS, OUTCOMES, evidence_label
from dldiag.report.view.labels import evidence_text
from docs.course_lines import read_lines, stale_lessons

HERE = Path(__file__).parent
COVERAGE = HERE.parent / "bench" / "results" / "metric_intervals.json"  # of `python -m bench.metric_intervals`
SUMMARY_FILE = "21_What_you_have_seen.py"
COURSE_COSTS = HERE.parent / "bench" / "results" / "course.json"
MADE = "<!-- Made by docs/generate.py from the code; change the code, then run `make docs`. -->"
LEVELS = {
    "data": "Level 0: the data",
    "training": "Level 1: does it train at all?",
    "bias_variance": "Level 2: bias, variance, noise",
    "process": "Level 3: process",
}


def rules_page() -> Iterator[str]:
    """Write every rule with its threshold, its source and its examples."""
    yield "# Rules"
    yield (
        f"{len(RULES)} rules read the evidence, each compares one number with one named threshold, and each fires only "
        "when the one-sided 90% bound of its number has passed the threshold. The examples below are tested."
    )
    for level, title in LEVELS.items():
        yield f"## {title}"
        for rule in RULES:
            if rule.level == level:
                yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code} {rule.title}"
    threshold = rule.threshold
    value = "depends on the evidence" if callable(threshold.value) else f"{threshold.value:g}"
    facts = [
        f"- says: {rule.fired}",
        f"- what to do: {rule.hint}" if rule.hint else "",
        f"- otherwise: {rule.passed}",
        f"- threshold: `{threshold.name}` = {value} ({threshold.unit}); source: {threshold.source}",
        f"- names the problem `{rule.problem}`" if rule.problem else "",
        f"- silences {', '.join(silenced)}" if (silenced := silenced_by(rule, RULES)) else "",
    ]
    yield "\n".join(fact for fact in facts if fact)
    if rule.examples:
        head = "| evidence | outcome |\n|---|---|"
        yield "\n".join([head, *(_example(one) for one in rule.examples)])


def _example(one: Example) -> str:
    unit = one.evidence.unit
    numbers = [f"{evidence_label(k)}: {evidence_text(k, v, unit)}" for k, v in one.evidence.estimates().items()]
    return f"| {'; '.join(numbers) or 'nothing was measured'} | {OUTCOMES[one.outcome]} |"


def remedies_page() -> Iterator[str]:
    """Write the remedy table and what each remedy treats."""
    yield "# Remedies"
    yield "The remedy table, by the column in which each remedy stands. A remedy treats problems that rules name."
    for column, title in COLUMNS.items():
        yield f"## {title}"
        rows = [
            f"| {row.title} | `{row.key}` | {row.why} | {', '.join(f'`{one}`' for one in row.treats)} |"
            for row in REMEDIES.values()
            if row.column == column
        ]
        yield "\n".join(["| remedy | key | why | treats |", "|---|---|---|---|", *rows])


def metrics_page() -> Iterator[str]:
    """Write every metric with what it means and what it needs."""
    yield "# Metrics"
    yield (
        f"{len(METRICS)} metrics, a row of `dldiag.METRICS` each: `--metric NAME`, or the form's first field. Where none is named, "
        "classification is judged by the share of wrong rows, or by the balanced error where one class has less than a fifth of its "
        "even share; regression by RMSE. The report says which was chosen and why, and shows the others beside it with intervals. "
        "Values equal scikit-learn's; the influence of each row gives the intervals (`tests/experiments/test_metrics.py`)."
    )
    for task in ("classification", "regression"):
        yield f"## {task.capitalize()}"
        rows = [
            f"| `{name}` | {row.label} | {row.meaning} | {'higher' if row.higher_is_better else 'lower'} | {', '.join(row.needs) or '–'} |"
            for name, row in METRICS.items()
            if task in row.tasks
        ]
        yield "\n".join(["| name | metric | what it says | better | needs |", "|---|---|---|---|---|", *rows])
    yield "## How often the intervals cover"
    yield (
        "`python -m bench.metric_intervals --times 400` printed the table below. "
        "Tables have balanced, rare (5%) or three classes (one of them rare) or a skewed numeric target, and are judged as a diagnosis does, "
        "on five repeats of a quarter of the rows. Shown is how many of 400 tables an interval of 90% holds the truth in; chance alone moves "
        "a cell by ±1.5 points. The goal is 87–93%."
    )
    yield _outside()
    yield _coverage_table()


GOAL = (0.87, 0.93)  # shares of tables whose truth a 90% interval should hold


def _outside() -> str:
    """Name the cells outside of the goal."""
    found = json.loads(COVERAGE.read_text())
    cells = [
        f"`{r['metric']}` {r['covers']:.1%} ({r['world']}, {r['rows']:,} rows)"
        for r in found
        if not GOAL[0] <= r["covers"] <= GOAL[1]
    ]
    return f"Within it: {len(found) - len(cells)} of {len(found)}. Outside: {', '.join(cells) or 'none'}."


def _coverage_table() -> str:
    """Write what `bench.metric_intervals` found, a line per metric and a column per kind and size of table."""
    found = json.loads(COVERAGE.read_text())
    cases = sorted({(row["world"], row["rows"]) for row in found})
    covers = {(row["metric"], row["world"], row["rows"]): f"{row['covers']:.0%}" for row in found}
    head = [
        "| metric | " + " | ".join(f"{world}, {rows:,} rows" for world, rows in cases) + " |",
        "|---" * (len(cases) + 1) + "|",
    ]
    names = [name for name in METRICS if any((name, *case) in covers for case in cases)]
    lines = [f"| `{name}` | " + " | ".join(covers.get((name, *case), "–") for case in cases) + " |" for name in names]
    return "\n".join([*head, *lines])


def cli_page() -> Iterator[str]:
    """Write every verb with its flags, and every setting of the models."""
    yield "# Command line"
    yield "`python -m dldiag VERB …`; exit status 0, or 2 and one plain line on stderr for input that cannot be used."
    for name, verb in _verbs().items():
        yield f"## dldiag {name}"
        yield "\n".join(["| | |", "|---|---|", *(_flag(one) for one in verb._actions if one.dest != "help")])
        if name == "samples":
            rows = [f"| `sample:{one.key}` | {one.title} | {one.story} | `{one.target}` |" for one in SAMPLES.values()]
            yield "\n".join(["| name | table | what it shows | target |", "|---|---|---|---|", *rows])
    yield "## Settings for --set"
    for key in MODELS:
        if params := params_for(key, ("classification", "regression")):
            yield f"### --model {key}"
            lines = [f"| `{name}` | {_cell(help_of(one))} | `{one.default}` |" for name, one in params.items()]
            yield "\n".join(["| name | what it does | default |", "|---|---|---|", *lines])


def _verbs() -> dict[str, argparse.ArgumentParser]:
    (found,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    return dict(found.choices)


def _flag(one: argparse.Action) -> str:
    value = one.metavar or ("|".join(map(str, one.choices)) if one.choices else "")
    names = ", ".join(one.option_strings) or str(one.metavar)
    shown = f"{names} {value}" if one.option_strings and one.nargs != 0 and value else names
    return f"| `{_cell(shown)}` | {_cell((one.help or '').replace('%%', '%'))} |"


ABOUT_STATEMENTS = (
    "In the order of the notes that the project began with, page after page. The notes themselves are not in the project, so these "
    "are paraphrases. Where two statements are seen in one experiment they share a lesson: 4 and 6, 20 and 22. A page may then "
    "come to 21 before 20.",
    "Statements 28 to 30 are the cells of the notes' remedy table, the one that stands on the result page, too. We place them last, "
    "because a remedy answers a diagnosis, and the two numbers that make one are statements 26 and 27. In the table high bias comes "
    "before high variance, so its two cells are 28 and 29. 28 closes the page on bias and variance. 29 and 30 are methods with "
    "settings of their own to explore, so they stand on pages of their own, after the error analysis that tells where to begin. "
    "**That the notes number them so is our own decision**; another place would change their numbers, nothing else.",
    "The lines are those of a run at the defaults (`python -m docs.course_lines` writes those whose code has changed; the check "
    "of the documents fails until then).",
)


def course_page() -> Iterator[str]:
    """Write the statements of the notes with the lesson that shows each, what to move, and what a run said."""
    lines, _ = read_lines()
    yield "# The course"
    yield (
        f"{len(list(all_lessons()))} lessons on {len(TOPICS)} pages: a question to guess, an experiment on your own table, what came "
        "out, one line to remember. A line is computed from the run and may say that this run does not show the statement, or contradicts it. "
        f"`pages/{SUMMARY_FILE}` lists what you have seen, as a page and as a file."
    )
    yield "## The thirty statements"
    yield from ABOUT_STATEMENTS
    numbered = [(topic, lesson, one) for topic, lesson, one in all_statements()]
    yield "\n".join([_STATEMENTS, *(_statement_row(*row, lines) for row in numbered)])
    yield "## Beyond the notes"
    others = [(topic, lesson, one) for topic, lesson in all_lessons() for one in lesson.statements if not one.number]
    yield "\n".join([_STATEMENTS, *(_statement_row(*row, lines) for row in others)])
    yield from _course_costs()
    yield "## Tried as a beginner would"
    yield (
        "The course was gone through in a browser from the first lesson to the summary, guessing first. What was hard, and what became "
        "of it:"
    )
    yield "\n".join(
        ["| what was hard | now |", "|---|---|", *(f"| {hard} | {now} |" for hard, now in HARD_FOR_BEGINNERS)]
    )


def _course_costs() -> Iterator[str]:
    """Write what each lesson costs, where it was measured."""
    if not COURSE_COSTS.exists():
        return
    found = json.loads(COURSE_COSTS.read_text("utf-8"))
    yield "## What a change of a setting costs"
    yield (
        "Processor seconds at the defaults (`python -m bench.course` prints them again). The page itself computes the preview, a "
        "worker the whole. Where there is no preview the whole is waited for; where there is neither, the page computes everything."
    )
    rows = [
        f"| {topic.title}: {lesson.title} | {_seconds(one['page'])} | {_seconds(one['preview'])} | {_seconds(one['whole'])} |"
        for topic, lesson in all_lessons()
        if (one := found.get(lesson.key))
    ]
    yield "\n".join(["| lesson | page | preview | whole |", "|---|---|---|---|", *rows])


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


HARD_FOR_BEGINNERS = (
    ("A moved slider changed nothing for seconds.", "A preview from fewer repeats is there at once, and says so."),
    (
        "A picture showed the end of training while its slider stood at the start.",
        "The slider stands where the picture is; played, it begins at the start.",
    ),
    ("“A table of this size: which split?” — of which size?", "The question names the rows."),
    (
        "“random × 0.001”, Glorot and He had to be guessed about before they were explained.",
        "The question says what they are.",
    ),
    ("Gray and colored cells of the dying units had no key.", "A line below says which are dead."),
    ("The claim said 42 steps for tanh, the table 46.", "Both show the median."),
    (
        "“On few rows, look at the columns first”, below a run that did not show it.",
        "The line to remember says no more than the runs do.",
    ),
    ("German credit's classes were 1 and 2.", "They are good and bad, as in the table's documentation."),
    ("After the last lesson of a page the way on looked like text.", "It has the arrow that the other lessons have."),
    (
        "Our advice on splits agreed with the notes at 1,000 rows; where it departs had to be tried out.",
        "A table lists both by size.",
    ),
    (
        "Claims and buttons had the names that settings have in code (alpha, hidden_layer_sizes), and codes of rules (P2).",
        "They have the words of the form, a change as “L2 penalty 0.0001 → 10”. The table of all hyperparameters still "
        "lists both names.",
    ),
    (
        "Seven learners in one chart, each with its shaded interval.",
        "Shaded are the two whose curves cross: those that the claim names.",
    ),
    ("5.3e-05, 0e+00, −0.49 with a hyphen.", "5.3·10⁻⁵, 0, and one minus sign everywhere."),
    ("Squares and circles on two columns: which is which?", "A line below every such picture says so."),
    (
        "“Steps to the finish line: sigmoid 120”, while the table said that none of its runs got there.",
        "The claim says that it did not get there.",
    ),
    (
        "“Four units can bend”, below a run of four units that had drawn a straight line.",
        "The defaults train long enough to see it.",
    ),
    (
        "Against high bias, a larger network had helped; the button offered 32 hidden units to a network of 100.",
        "Nothing is offered that would make the network smaller, nor what is set already.",
    ),
    (
        "In the search's chart the last, largest fall lay on the frame and could not be seen.",
        "The axis ends after the last setting.",
    ),
    ("The picture of small weights did not move, and nothing said why.", "The line above it says why."),
    (
        "With an own table (Participation.csv of the package pydataset), sorted by a yes-or-no column, the picture showed "
        "its first 400 rows: one value of that column, on a line.",
        "It shows random rows, and a column of few values is spread into bands.",
    ),
    (
        "Judged by balanced error, the axes still said “share of wrong rows”.",
        "They name the metric that judges.",
    ),
    (
        "On a phone the formulas of backpropagation were cut off.",
        "They are as wide as a phone; so is the name of the upward axis of the cost's map.",
    ),
    (
        "32 wrong rows (Schooling.csv), and a line about 500 of them.",
        "It goes as far as there are wrong rows, and says where they are too few to tell.",
    ),
    (
        "With an own table the question still was about two moons.",
        "It is about more units.",
    ),
    (
        "With 3.9% positives (Schooling.csv, predicting step14) the likelihood of 20 labels was 0.1, “too small to work with”.",
        "The line says that it becomes so with many more rows.",
    ),
    (
        "On a wide screen the arrows of the computation graph ran through the derivatives; on a phone one lost its minus sign.",
        "A derivative stands where no arrow passes, at any width; the bias meets z from the side.",
    ),
    ("“y is lower”: lower than what?", "The name of a class stands in quotes."),
    (
        "After 20 passes All rows, one step per pass at 0.169: where does the name end?",
        "The names of ways to train stand in quotes.",
    ),
    (
        "The last number of an axis was missing (1,000 steps, 100%); the loss of a small network had two numbers on its axis.",
        "The ends of axes have their numbers; an axis of less than half a decade has one at every whole step.",
    ),
    (
        "On a phone six rows of numbers filled a screen and a half, and nine of the guided search two.",
        "Numbers that the pictures show, too, open on demand; the guided search has a line less for each turn.",
    ),
    (
        "The guided search's table began with turn 0, its chart with setting 1.",
        "Both begin with 1.",
    ),
    (
        "Formulas were cut off on a phone; losses were measured in nats.",
        "A formula goes on in the next line; a loss is a loss.",
    ),
)
_STATEMENTS = "| | statement | page, lesson | move | computed line |\n|---|---|---|---|---|"


def _statement_row(topic: Topic, lesson: Lesson, one: Statement, lines: dict[str, list[dict[str, str]]]) -> str:
    number = str(one.number) if one.number else ""
    said = next((line for line in lines.get(lesson.key, ()) if line["number"] == number), None)
    line = "" if said is None else f"*{VERDICT_WORDS[cast(ClaimVerdict, said['verdict'])]}* {said['line']}"
    cells = (number, str(one.says), f"{topic.title}: {lesson.title}", f"`{one.widget}`", line)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "rules.md": rules_page,
    "remedies.md": remedies_page,
    "metrics.md": metrics_page,
    "cli.md": cli_page,
    "course.md": course_page,
}


def text_of(name: str) -> str:
    """Return what a page must say."""
    return "\n\n".join([MADE, *PAGES[name]()]) + "\n"


def stale() -> list[str]:
    """Return the names of the pages that differ from the code."""
    return [name for name in PAGES if not (HERE / name).exists() or (HERE / name).read_text("utf-8") != text_of(name)]


def main() -> int:
    """Write the pages, or only check them."""
    if "--check" not in sys.argv[1:]:
        for name in PAGES:
            (HERE / name).write_text(text_of(name), encoding="utf-8")
        return 0
    for name in stale():
        sys.stderr.write(f"docs/{name} is stale: run `make docs`\n")
    lessons = stale_lessons()
    if lessons:
        sys.stderr.write(
            f"lines of {', '.join(lessons)} are stale: run `python -m docs.course_lines`, then `make docs`\n"
        )
    return int(bool(stale() or lessons))


if __name__ == "__main__":
    sys.exit(main())
