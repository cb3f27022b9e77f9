"""Measurements as instruments, databases of time series and Julia write them, brought to plain lines of cells."""

from __future__ import annotations

import re

import numpy as np

from dldiag.data.io.drawn import HEAD, LEAST_LINES, LONGEST_DRAWN, as_lines, lines_of_records
from dldiag.data.io.listed import cut_by_place

_LABEL = r'[A-Za-z_]\w*="(?:[^"\\]|\\.)*"'
_METRIC = re.compile(rf"([A-Za-z_:][\w:]*)(?:\{{((?:{_LABEL},?\s*)*)\}})?\s+(\S+)(?:\s+(-?\d+))?")
_METRIC_LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"')
_METRIC_MARK = re.compile(r"^# (?:HELP|TYPE) ", re.MULTILINE)
_KEY = r"(?:[^\s,=\\]|\\.)+"
_FIELD = rf'{_KEY}=(?:"(?:[^"\\]|\\.)*"|[^\s,"]+)'
_POINT = re.compile(rf"({_KEY})((?:,{_KEY}={_KEY})*) ({_FIELD}(?:,{_FIELD})*)(?: (\d{{10,19}}))?")
_POINT_FIELD = re.compile(rf'({_KEY})=("(?:[^"\\]|\\.)*"|(?:[^\s,"\\]|\\.)+)')
_COUNTED = re.compile(r"(-?\d+)[iu]")
_DIGITS_OF_TIME = {
    10: 1_000_000,
    13: 1_000,
    16: 1,
    19: 0,
}  # Microseconds in one, by how many digits a moment near today has; 0 stands for a thousandth.
_JULIA = re.compile(r"(?:\s*\d+×\d+ \w*DataFrame[^\n]*\n)?\s*Row │ [^\n]*\n")
_JULIA_TYPE = r"[A-Z]\w*(?:\{[^}\s]*\}?)?[?…]*"
_JULIA_TYPES = re.compile(rf"\s*{_JULIA_TYPE}(?:\s+{_JULIA_TYPE})*\s*")
_JULIA_RULE = re.compile(r"[─┼⋮\s│]*")
_LABVIEW = "LabVIEW Measurement"
_LABVIEW_NAMES = re.compile(r"^X_Value\t", re.MULTILINE)
_LABVIEW_ROW = re.compile(r"[\d\t.,+-]")


def of_metrics(text: str) -> str | None:
    """Return the metrics that Prometheus reads, name{label="…"} value, with a column for each label."""
    marked = _METRIC_MARK.search(text[:HEAD]) is not None
    first = next((line for line in text[:HEAD].split("\n") if line.strip() and not line.startswith("#")), "")
    if len(text) > LONGEST_DRAWN or not (marked or "{" in first) or not _METRIC.fullmatch(first.strip()):
        return None
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    found = [_METRIC.fullmatch(line) for line in lines]
    whole = [one for one in found if one]
    return lines_of_records(list(map(_metric, whole))) if LEAST_LINES <= len(whole) == len(found) else None


def _metric(found: re.Match[str]) -> dict[str, str]:
    labels = {name: _bare(f'"{value}"') for name, value in _METRIC_LABEL.findall(found[2] or "")}
    moment = {"time": _moment(found[4])} if found[4] else {}
    return {"metric": found[1], **labels, "value": found[3], **moment}


def of_points(text: str) -> str | None:
    """Return the points of InfluxDB's lines, measurement,tag=a field=1,field=2 moment, with a column for each tag and field."""
    lines = [line.strip() for line in text[:HEAD].split("\n") if line.strip() and not line.startswith("#")]
    if len(text) > LONGEST_DRAWN or len(lines) < LEAST_LINES or not _POINT.fullmatch(lines[0]):
        return None
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    found = [_POINT.fullmatch(line) for line in lines]
    whole = [one for one in found if one and (one[2] or one[4])]
    if len(whole) < len(found):
        return None
    return lines_of_records([_point(one) for one in whole])


def _point(found: re.Match[str]) -> dict[str, str]:
    tags, fields = (_POINT_FIELD.findall(found[group]) for group in (2, 3))
    moment = {"time": _moment(found[4])} if found[4] else {}
    return {
        "measurement": _bare(found[1]),
        **{_bare(name).lstrip(","): _bare(cell) for name, cell in (*tags, *fields)},
        **moment,
    }


def _bare(text: str) -> str:
    """Return a text without its quotes, marks before special characters, and the letter behind a whole number."""
    if counted := _COUNTED.fullmatch(text):
        return counted[1]
    return re.sub(r"\\(.)", r"\1", text[1:-1] if text[:1] == '"' else text)


def _moment(digits: str | None) -> str:
    """Return a count since 1970 as a date and a time of day in UTC; as it stands where its unit is not plain."""
    size = _DIGITS_OF_TIME.get(len(digits or ""))
    if digits is None or size is None:
        return digits or ""
    return str(np.datetime64(int(digits) * size if size else int(digits) // 1000, "us"))


def of_julia(text: str) -> str | None:
    """Return the rows of a data frame as Julia prints it, without the numbers of its rows and the line of types."""
    if len(text) > LONGEST_DRAWN or not _JULIA.match(text[:HEAD]):
        return None
    lines = [line.split("│", 1) for line in text.split("\n") if "│" in line and not _JULIA_RULE.fullmatch(line)]
    names, rest = lines[0][1], lines[1:]
    if rest and not rest[0][0].strip() and _JULIA_TYPES.fullmatch(rest[0][1]):
        rest = rest[1:]
    return as_lines(cut_by_place([names, *(row for _, row in rest)])) if rest else None


def of_labview(text: str) -> str | None:
    """Return the measurements of a LabVIEW file (.lvm) below their names, without the blocks of settings."""
    found = _LABVIEW_NAMES.search(text) if text.startswith(_LABVIEW) else None
    if found is None:
        return None
    names, *lines = text[found.start() :].split("\n")
    return names + "\n" + "".join(line + "\n" for line in lines if _LABVIEW_ROW.match(line))
