"""Generated pages say what the code says."""

import pytest

from dldiag.remedies import REMEDIES
from dldiag.rules import RULES
from docs import generate


def test_no_generated_page_is_stale():
    assert generate.stale() == [], "run `make docs`"


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_changed_page_is_noticed(name, tmp_path, monkeypatch):
    for page in generate.PAGES:
        (tmp_path / page).write_text(generate.text_of(page), encoding="utf-8")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    assert generate.stale() == []
    (tmp_path / name).write_text(generate.text_of(name) + "more", encoding="utf-8")
    assert generate.stale() == [name]


def test_every_rule_and_every_remedy_is_on_its_page():
    rules, remedies = generate.text_of("rules.md"), generate.text_of("remedies.md")
    assert all(f"### {rule.code} " in rules for rule in RULES)
    assert all(f"`{key}`" in remedies for key in REMEDIES)
