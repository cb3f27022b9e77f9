"""The verbs that read a table: diagnose, improve, errors and samples."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dldiag.cli.flags import (
    Parser,
    add_reading,
    add_reading_plan,
    add_settings,
    named_values,
    read_choices,
    read_kinds,
    read_parameters,
    read_settings,
)
from dldiag.cli.outputs import add_model_output, add_outputs, check_outputs, write_model, write_outputs, write_texts
from dldiag.cli.progress import clear_progress, progress_meter
from dldiag.core.cluster import CLUSTER_VARIABLE, on_cluster
from dldiag.core.i18n import LANGUAGES, Message, speaking, tr, translate
from dldiag.core.parallel import USUAL_MOST, usual_count
from dldiag.core.params import Param, SettingError, parse
from dldiag.core.sanitize import terminal_safe
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Progress, Report
from dldiag.data.dataset import make_dataset
from dldiag.data.io import Sampling
from dldiag.data.read_table import read_table
from dldiag.data.samples import SAMPLES, sample_bytes
from dldiag.data.second_file import FROM_FILE, SECOND, with_second_file
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import rows_to_draw
from dldiag.diagnosis.fitted import fitted
from dldiag.diagnosis.improve import finish, improve_case
from dldiag.diagnosis.openings import Opener
from dldiag.diagnosis.test_set import check_unopened
from dldiag.error_analysis.of_table import analyze_table
from dldiag.experiments.models import MODELS, Model, build_model
from dldiag.report import from_json, path_to_text, to_text
from dldiag.report.error_report import ErrorReport, error_report_html, error_report_json, error_report_text
from dldiag.report.mlflow_log import log_to_mlflow

_SAMPLE = "sample:"

FROM_HERE = Opener("command line")
_WRITERS: dict[str, Callable[[ErrorReport], str]] = {"json": error_report_json, "html": error_report_html}
ROW_FILES = {
    "worst_csv": Message("write the 1,000 worst rows as CSV, with your columns"),
    "suspects_csv": Message("write the rows with suspicious labels as CSV, with your columns"),
}
WORST = 1_000  # Rows in the list.


def add_table_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verbs to the command line."""
    _add_diagnose(verbs.add_parser("diagnose", help=tr("diagnose a model on a table"), allow_abbrev=False), _diagnose)
    loop = verbs.add_parser(
        "improve", help=tr("apply what helps and diagnose again, until nothing helps"), allow_abbrev=False
    )
    _add_diagnose(loop, _improve)
    loop.add_argument(
        "--from",
        dest="known",
        type=Path,
        metavar="REPORT.json",
        help=tr("start from this report of the same model and settings"),
    )
    loop.add_argument(
        "--open-test", action="store_true", help=tr("then judge the start and the end on the sealed test rows, once")
    )
    samples = verbs.add_parser("samples", help=tr("list the tables that ship with dldiag"))
    samples.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    samples.set_defaults(verb=_samples)


def _add_diagnose(parser: argparse.ArgumentParser, verb: Callable[[argparse.Namespace], None]) -> None:
    parser.add_argument("file", metavar="FILE", help=tr("the table; sample:NAME takes one that ships with dldiag"))
    parser.add_argument("--target", metavar="NAME", help=tr("the column to predict"))
    parser.add_argument(
        "--task", choices=("auto", "classification", "regression"), default="auto", help=tr("kind of task")
    )
    parser.add_argument(
        "--model", choices=[key for key in MODELS if key != "guess"], default="mlp", help=tr("the model")
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help=tr("a setting of the model, by its name")
    )
    add_settings(parser)
    add_reading(parser)
    _add_run_and_output(parser)
    parser.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    parser.set_defaults(verb=verb)


def _add_run_and_output(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what is written, and where the fits run."""
    output = parser.add_argument_group(tr("output"))
    add_outputs(output)
    add_model_output(output)
    jobs = tr("worker processes; the result is the same (default: one per core, up to {most})", most=USUAL_MOST)
    output.add_argument(
        "--cluster",
        default=os.environ.get(CLUSTER_VARIABLE),
        metavar="ADDRESS|local:N",
        help=tr("a Dask scheduler to send the fits to, or a number of workers to start here; the result is the same"),
    )
    output.add_argument("--jobs", default=str(usual_count()), metavar="N", help=jobs)
    output.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=sys.stderr.isatty(),
        help=tr("show progress on stderr"),
    )
    output.add_argument(
        "--mlflow", action="store_true", help=tr("log the report to MLflow, where MLFLOW_TRACKING_URI says")
    )
    output.add_argument("--quiet", action="store_true", help=tr("write nothing on stdout"))


def _diagnose(args: argparse.Namespace) -> None:
    dataset, model, settings, jobs = _read_inputs(args)
    with speaking("en"), _cluster(args):  # A report holds English, whoever reads it.
        report = diagnose(dataset, model, settings, on_progress=_meter(args), n_jobs=jobs)
    _write_report(args, report)
    write_model(args, lambda: fitted(dataset, model, settings))


def _improve(args: argparse.Namespace) -> None:
    dataset, model, settings, jobs = _read_inputs(args)
    if args.open_test:
        check_unopened(dataset, settings, FROM_HERE)  # Checked now, not after hours of fits.
    start_report = None if args.known is None else from_json(args.known.read_bytes())
    with speaking("en"), _cluster(args):
        improvement = improve_case(
            prepare_case(dataset, model, settings, n_jobs=jobs), start_report, on_progress=_meter(args)
        )
        if args.open_test:
            improvement = finish(dataset, settings, improvement, FROM_HERE)
    _write_report(args, improvement.report, path_to_text(improvement) + "\n")
    write_model(args, lambda: fitted(dataset, improvement.winner, settings))


@contextmanager
def _cluster(args: argparse.Namespace) -> Iterator[None]:
    """Fit on the cluster that was asked for, and say where its own page is."""
    with on_cluster(args.cluster) as cluster:
        if cluster is not None and args.progress:
            text = tr("Cluster: {n} fits at a time; its own page: {link}", n=cluster.count, link=cluster.link)
            print(terminal_safe(text), file=sys.stderr)
        yield


def _read_inputs(args: argparse.Namespace) -> tuple[Dataset, Model, Settings, int]:
    """Read the flags and the data; bad input is refused before any training starts."""
    check_outputs(args)
    settings, parameters = read_settings(args), read_parameters(args.model, args.set)
    jobs = parse("--jobs", Param(1, int, "", "", low=1), args.jobs)
    dataset = _dataset(args, rows_to_draw(settings))
    return dataset, build_model(dataset.task, parameters, args.model), settings, jobs


def _write_report(args: argparse.Namespace, report: Report, first: str = "") -> None:
    if args.progress:
        clear_progress()
    if not args.quiet:
        print(terminal_safe(first + to_text(report)), end="")
    write_outputs(args, report)
    if args.mlflow:
        run = log_to_mlflow(report)
        print(tr("MLflow run: {run}", run=run), file=sys.stderr)


def _dataset(args: argparse.Namespace, rows: int | None) -> Dataset:
    source: Path | bytes
    if args.file.startswith(_SAMPLE):
        sample = SAMPLES.get(args.file.removeprefix(_SAMPLE))
        if sample is None:
            raise SettingError(tr("There is no such sample; there are {names}.", names=", ".join(SAMPLES)))
        source, name, target = sample_bytes(sample.key), sample.file, args.target or sample.target
    else:
        source, name, target = _readable(args.file), Path(args.file).name, args.target
    sampling = Sampling(rows, target or "", args.group or "")
    table = read_table(source, name=name, kinds=read_kinds(args), sampling=sampling, **read_choices(args))
    domain = named_values("--domain", args.domain) if args.domain else None
    if args.second:
        if domain:
            raise SettingError(tr("--second and --domain cannot be used together."))
        second = _readable(args.second)
        table, domain = with_second_file(table, second, name=second.name), (FROM_FILE, SECOND)
    if target is None:
        names = ", ".join(column.name for column in table.columns[:20])
        raise SettingError(tr("Name the column to predict with --target; the columns are: {names}.", names=names))
    return make_dataset(
        table,
        target,
        task=args.task,
        groups=args.group,
        times=args.time,
        domain=domain,
        exclude=args.exclude,
        log_target=args.log_target,
    )


def _readable(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        return path
    with path.open("rb"):
        return path


def _meter(args: argparse.Namespace) -> Callable[[Progress], None] | None:
    return progress_meter() if args.progress else None


def _samples(_: argparse.Namespace) -> None:
    for sample in SAMPLES.values():
        print(f"{_SAMPLE}{sample.key}  {sample.title} ({translate(sample.task)}, {tr('target')} {sample.target})")
        print(f"    {sample.story}")


def add_errors(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "errors", help=tr("say where a model is wrong, from its predictions in a table"), allow_abbrev=False
    )
    parser.add_argument("file", metavar="FILE", help=tr("a table with the target and the predictions, one row each"))
    parser.add_argument("--target", required=True, metavar="Y", help=tr("the column of true labels or values"))
    parser.add_argument("--prediction", required=True, metavar="YHAT", help=tr("the column of predictions"))
    parser.add_argument(
        "--probability", action="append", default=[], metavar="COLUMN",
        help=tr("a column of class probabilities, one flag per class in their order; one flag for the second of two"),
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="S", help=tr("seed of the halves that find and confirm"))
    add_reading_plan(parser)
    output = parser.add_argument_group(tr("output"))
    add_outputs(output, tuple(_WRITERS))
    for name, text in ROW_FILES.items():
        output.add_argument("--" + name.replace("_", "-"), metavar="OUT", help=str(text))
    output.add_argument("--quiet", action="store_true", help=tr("write nothing on stdout"))
    parser.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    parser.set_defaults(verb=run_errors)


def run_errors(args: argparse.Namespace) -> None:
    """Read the table, analyze the errors, and write what was asked for."""
    check_outputs(args, (*_WRITERS, *ROW_FILES))
    path = Path(args.file)
    table = read_table(path, name=path.name, kinds=read_kinds(args), **read_choices(args))
    analysis = analyze_table(table, args.target, args.prediction, args.probability, seed=args.seed)
    report = ErrorReport(table.name, args.target, analysis.findings)
    if not args.quiet:
        sys.stdout.write(terminal_safe(error_report_text(report)))
    texts: dict[str, Callable[[], str]] = {name: partial(write, report) for name, write in _WRITERS.items()}
    texts["worst_csv"] = lambda: analysis.worst(WORST).to_csv(index=False)
    texts["suspects_csv"] = lambda: analysis.suspects().to_csv(index=False)
    write_texts(args, texts)
