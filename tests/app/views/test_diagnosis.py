"""What a report says of the settings it was made with."""

from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.views.diagnosis import _settings_text
from dldiag.core.i18n import speaking
from dldiag.core.settings import Settings


def test_a_choice_is_named_as_in_its_field_and_in_the_visitors_language():
    asked = DiagnosisJob(data={}, settings=Settings(budget="quick", repeats=7), model={"alpha": 0.1})
    assert _settings_text(asked).endswith("Effort = quick (about a minute), Repeats = 7")
    with speaking("zh"):
        assert "快速" in _settings_text(asked) and "quick" not in _settings_text(asked)
