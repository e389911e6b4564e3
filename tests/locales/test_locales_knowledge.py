"""Every text of the shipped knowledge as Telegram gets it, in every language."""

import re
from html import unescape

import pytest
from dialogue import plain
from locales_samples import CONTACTS, OPERATORS
from telegram_html import assert_telegram_takes

from desk.answers import answer_values
from desk.desk import Desk
from desk.news import values
from knowledge.library import Library
from locales import LOCALES, RIGHT_TO_LEFT
from locales.bidi import unisolated_runs
from locales.render import Renderer
from locales.split import split
from locales.words import PUBLISHED

RENDERER = Renderer(OPERATORS[1], CONTACTS)


def shown(template: str, locale: str, fields: dict[str, object]) -> str:
    html = RENDERER.text(template, locale, fields)
    assert_telegram_takes(html)
    assert "{{" not in html
    assert len(split(html)) == 1
    if locale in RIGHT_TO_LEFT:
        assert unisolated_runs(html) == []
    return html


@pytest.mark.parametrize("locale", LOCALES)
def test_every_answer_and_safety_text(library: Library, locale: str) -> None:
    desk = Desk(library=library, only_approved=False)
    for topic in library.topics.values():
        text = topic.texts[locale]
        if not text.body:
            continue
        fields = answer_values(desk, topic, {topic.id: text}, locale, None)
        extras = {"answer": 1, "follows": False, "also": None, "more": False, "listen": False}
        html = shown("answer", locale, {**fields, **extras})
        assert topic.as_of is not None
        for place, contact in CONTACTS.items():
            if f"{{{{ contacts.{place} }}}}" in text.body:
                assert contact in html
        if topic.then == "urgent":
            shown("danger", locale, fields)


def test_a_contact_that_is_not_set_reads_as_where_it_is_published() -> None:
    bare = Renderer(OPERATORS[1], {"iom": " ", "fraud": "+1 000"})
    words = "{{ contacts.unhcr }} · {{ contacts.iom }} · {{ contacts.fraud }} · {{contacts.pakistan}}"
    assert bare.approved("en", words) == "see help.unhcr.org · see canada.ca, IOM · +1 000 · see canada.ca"
    assert bare.approved("fr", "{{ contacts.unhcr }}") == "voir help.unhcr.org"
    for locale in LOCALES:
        for place in PUBLISHED:
            shown = bare.approved(locale, f"{{{{ contacts.{place} }}}}")
            assert "canada.ca" in shown or "help.unhcr.org" in shown or place == "fraud"


@pytest.mark.parametrize(
    "words",
    [
        "{{ contacts.nobody }}",
        "{{ contacts.pakistan }",
        "{{ contacts.pakistan|upper }}",
        "{{ operator.privacy }}",
        "{{ contacts.__class__.__mro__ }}",
        '{{ date("2026-02-30") }}',
        "{% for place in contacts %}{% endfor %}",
        "{# hidden #}",
        "{",
    ],
)
def test_nothing_but_days_and_contacts_means_anything_in_a_text(words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words[:2].strip())):
        RENDERER.approved("en", f"Before. {words}")


def test_markup_in_a_text_is_shown_as_it_was_written() -> None:
    assert RENDERER.approved("en", 'a <b> & "b" isn\'t') == 'a &lt;b&gt; &amp; "b" isn\'t'


@pytest.mark.parametrize("locale", LOCALES)
def test_every_update(library: Library, locale: str) -> None:
    desk = Desk(library=library, only_approved=False)
    for update in library.updates.values():
        role = None if update.audience == "any" else update.audience
        fields = values(desk, update.id, locale, role)
        assert fields is not None
        shown("update", locale, fields)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_stage_on_a_card(library: Library, locale: str) -> None:
    for stage in library.stages[locale].values():
        case = {
            "number": "G000012345",
            "stage": stage.name,
            "explained": True,
            "meaning": stage.meaning,
            "next": stage.next,
            "actor": stage.actor,
            "since": "2026-03-17",
            "as_of": "2026-11-01",
            "office": "Islamabad",
            "stream": "Government-assisted",
        }
        html = shown("case_card", locale, {"cases": [case]})
        assert "G000012345" in html
        assert stage.meaning in unescape(plain(html))
        unexplained = shown("case_card", locale, {"cases": [{**case, "explained": False}]})
        assert stage.meaning not in unescape(plain(unexplained))
        assert stage.name in unescape(plain(unexplained))  # the name is a label
