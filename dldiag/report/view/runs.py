"""Past runs in words: what one is called, and several side by side, each compared with the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dldiag.core.i18n import tr, translate
from dldiag.core.params import Param
from dldiag.core.types import Report
from dldiag.diagnosis.compare import Comparison, compare
from dldiag.experiments.models import MODELS, params_for
from dldiag.report.history import PastReport, RunLabel
from dldiag.report.view.changes import value_text
from dldiag.report.view.comparison import change_words, setting_text, shared_facts
from dldiag.report.view.labels import error_text, unit_of
