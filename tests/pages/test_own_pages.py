"""Every page runs alone on a deep link, in both languages; the record and the history keep what happened."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.storage.paths import new_token
from dldiag.app.ui import page as navigation
from dldiag.app.ui.page import FIRST_OF_COURSE
from dldiag.core.home import dashboard_folder
from dldiag.report.history import History
from tests.html_tables import tables
from tests.reports import make_report

ROOT = dashboard_folder()
PAGES = [Path(one.file) for one in navigation.pages() if not one.course]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_alone_without_any_upload(page, language):
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert app.title
    assert len(app.markdown) >= 1


def test_the_sidebar_lists_every_page_file():
    files = {path.name for path in (ROOT / "pages").glob("*.py")}
    assert {Path(one.file).name for one in navigation.pages()} == files | {"streamlit_app.py"}
    course = [one for one in navigation.pages() if one.course]
    assert all(int(Path(one.file).name.split("_")[0]) >= FIRST_OF_COURSE for one in course)


def test_an_experiment_noted_by_hand_stays_in_the_record():
    app = AppTest.from_file(str(ROOT / "pages/2_Record_of_experiments.py"), default_timeout=60).run()
    app.text_input[0].set_value("Twice as many units")
    app.text_input[1].set_value("−2 points")
    app.button[0].click().run()
    assert not app.exception
    assert "Twice as many units" in tables(app)[0]["Idea"].to_list()
    assert [one.value for one in app.text_input] == ["", "", ""]


def test_a_result_without_an_idea_is_asked_for_it_and_not_lost():
    app = AppTest.from_file(str(ROOT / "pages/2_Record_of_experiments.py"), default_timeout=60).run()
    app.text_input[1].set_value("−2 points")
    app.button[0].click().run()
    assert "Write the idea" in app.warning[0].value
    assert app.text_input[1].value == "−2 points"


def test_a_report_that_was_removed_in_another_tab_is_told_and_the_list_is_a_click_away():
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60).run()
    app.query_params["report"] = "gone"
    app.run()
    assert not app.exception
    assert "not in your history" in app.warning[0].value
    app.button[0].click().run()
    assert not app.warning


def test_a_link_to_a_diagnosis_is_followed_once():
    job = store.create(DiagnosisJob(data={"toy": "moons"}), new_token())
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60)
    app.query_params["job"] = job
    app.run()
    assert app.session_state["dldiag"]["slots"]["diagnose"] == job
    app.session_state["dldiag"]["data"] = {"toy": "spirals"}
    visit = app.session_state["dldiag"]["visit"]
    app.run()
    assert app.session_state["dldiag"]["data"] == {"toy": "spirals"}
    assert app.session_state["dldiag"]["visit"] == visit


def test_the_history_of_a_newcomer_is_empty_and_says_what_to_do():
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60).run()
    assert not app.exception
    assert "Diagnose a table" in app.info[0].value


def test_two_past_reports_are_compared_at_an_address_of_their_own():
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60).run()
    owner = app.session_state["dldiag"]["owner"]
    first, second = (History().add(make_report(case), owner=owner) for case in ("bias", "variance"))
    app.query_params["compare"] = f"{first},{second}"
    app.run()
    assert not app.exception
    said = " ".join(one.value for one in [*app.markdown, *app.subheader])
    assert "Two runs side by side" in said
    app.button[0].click().run()
    assert "compare" not in app.query_params
    assert [one for one in app.button if one.key == "compare.go"]


def test_a_past_report_is_named_tagged_and_found_by_its_tag():
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60).run()
    owner = app.session_state["dldiag"]["owner"]
    first, _ = (History().add(make_report(case), owner=owner) for case in ("bias", "variance"))
    app.run()
    assert any("dev error" in one.value for one in app.caption)
    app.text_input(f"name.{first}").set_value("My *best* run")
    app.text_input(f"tags.{first}").set_value("final, slow")
    next(one for one in app.button if one.form_id == f"label.{first}").click().run()
    assert not app.exception
    assert any("My" in one.value and "best" in one.value for one in app.markdown)
    labels = [past.label for past in History().list(owner)]
    assert {one.name: one.tags for one in labels}["My *best* run"] == ("final", "slow")
    app.button_group("tags").set_value(["slow"]).run()
    assert len([one for one in app.button if (one.key or "").startswith("open.")]) == 1


def test_a_past_report_can_be_taken_away_at_its_address():
    app = AppTest.from_file(str(ROOT / "pages/3_History.py"), default_timeout=60).run()
    owner = app.session_state["dldiag"]["owner"]
    app.query_params["report"] = History().add(make_report(), owner=owner)
    app.run()
    assert not app.exception
    labels = [one.proto.label for one in app.get("download_button")]
    assert labels == ["Python script", "Report (HTML)", "Report (JSON)", "Learning curves (CSV)"]
    assert not [one for one in app.button if one.key == "export.model"], "its table may not be here any more"
