"""Every button of every keyboard: a label in four languages, short data, and a route that it leads to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locales_samples import CONTACTS, OPERATORS, SAMPLES, Values, cases
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot import service
from handlers.buttons import Button
from handlers.keyboards import KEYBOARDS, keyboard
from handlers.routes import ROUTES
from knowledge.library import Library
from locales import LOCALES, RIGHT_TO_LEFT
from locales.bidi import unisolated_runs
from locales.catalogue import translate
from locales.render import Renderer

RENDERER = Renderer(OPERATORS[1], CONTACTS)
BIGGEST = 10**12 - 1
"""The largest row id that a route takes."""
LONGEST_TOPIC = "x" * 40
"""As long as the name of a topic may be."""


def buttons(template: str, values: Values) -> list[Button]:
    return [button for row in keyboard(template, values) for button in row]


def grown(data: str) -> str:
    """The same data with the largest row id and the longest topic that could stand there."""
    grown_ids = re.sub(r":\d+(?=:|$)", f":{BIGGEST}", data)
    grown_topics = re.sub(r"^(topic|pick:\d+|fe:\d+):[a-z-]+$", rf"\1:{LONGEST_TOPIC}", grown_ids)
    return re.sub(r"^(x[tfwp]):\w+:[a-z-]+(?=:|$)", rf"\1:fa_AF:{LONGEST_TOPIC}", grown_topics)


ALL = [(template, button) for template, values in cases() for button in buttons(template, values)]


def patterns() -> list[re.Pattern[str]]:
    """What the routes of buttons accept, in order; the last accepts anything."""
    found = []
    for route in ROUTES:
        if isinstance(route, CallbackQueryHandler):
            assert isinstance(route.pattern, re.Pattern)
            found.append(route.pattern)
    return found


def test_every_keyboard_belongs_to_a_template() -> None:
    assert set(KEYBOARDS) <= set(SAMPLES)


def test_every_sample_of_a_keyboard_has_buttons() -> None:
    assert {template for template, _ in ALL} == set(KEYBOARDS)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_label_reads_well(locale: str) -> None:
    for template, button in ALL:
        label = RENDERER.label(button.label, locale, button.values)
        assert label.strip(), template
        assert not re.search(r"[{}%<>]", label), f"{template}: {label}"
        if locale in RIGHT_TO_LEFT:
            assert unisolated_runs(label) == []


@pytest.mark.parametrize("locale", sorted(RIGHT_TO_LEFT))
def test_labels_of_dari_and_pashto_are_in_their_own_script(locale: str) -> None:
    for template, button in ALL:
        label = translate(locale, button.label)
        assert button.label == "{text}" or not re.search("[A-Za-z]", label), f"{template}: {label}"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_two_buttons_of_a_message_read_the_same(locale: str) -> None:
    for template, values in cases():
        labels = [
            RENDERER.label(b.label, locale, b.values)
            for b in buttons(template, values)
            if b.label != "{text}"
        ]
        assert len(labels) == len(set(labels)), f"{template} in {locale}"


def test_a_button_does_one_thing() -> None:
    for template, button in ALL:
        assert (button.data is None) != (button.start is None), template


def test_data_is_never_longer_than_telegram_takes() -> None:
    for template, button in ALL:
        data = grown(button.data or "x")
        assert 1 <= len(data.encode()) <= 64, f"{template}: {data}"


def test_the_longest_of_everything_was_really_tried() -> None:
    tried = {grown(button.data) for _, button in ALL if button.data}
    for data in (
        f"pick:{BIGGEST}:{LONGEST_TOPIC}",
        f"topic:{LONGEST_TOPIC}",
        f"qsend:{BIGGEST}:0123456789ab",
        f"qlink:allow:{BIGGEST}",
        f"askfrom:{BIGGEST}",
        f"xp:fa_AF:{LONGEST_TOPIC}:0123456789ab",
        f"xt:fa_AF:{LONGEST_TOPIC}",
        f"fe:{BIGGEST}:{LONGEST_TOPIC}",
    ):
        assert data in tried


@given(st.from_regex(r"[a-z0-9-]{1,60}", fullmatch=True), st.integers(0, 10**13))
def test_what_a_route_takes_of_a_suggestion_always_fits(topic: str, number: int) -> None:
    data = f"pick:{number}:{topic}"
    if any(pattern.match(data) for pattern in patterns()[:-1]):
        assert len(data.encode()) <= 64
        assert len(f"topic:{topic}".encode()) <= 64


def test_data_of_the_real_knowledge_is_short_enough(library: Library) -> None:
    picked = f"pick:{BIGGEST}:"
    for prefix, names in (("topic:", library.topics), (picked, library.topics), ("news:", library.updates)):
        for name in names:
            assert len((prefix + name).encode()) <= 64, name
            assert any(pattern.match(prefix + name) for pattern in patterns()[:-1]), name


def test_every_button_leads_somewhere() -> None:
    known = patterns()[:-1]
    for template, button in ALL:
        if button.data is not None:
            for data in (button.data, grown(button.data)):
                assert sum(bool(pattern.match(data)) for pattern in known) == 1, f"{template}: {data}"


def test_forged_data_fits_only_the_last_route() -> None:
    for data in (
        "",
        "x",
        "topic:",
        "req:",
        "req:-1",
        "req:1 ",
        "req:1\n",
        "req:٣",
        "req:" + "9" * 13,
        "lang:de",
        "pick:1",
        "pick:1:",
        "pick::newborn",
        f"pick:{BIGGEST}0:newborn",
        f"pick:1:{LONGEST_TOPIC}x",
        "pick:1:Newborn",
        "qlink:1",
        "qlink:maybe:1",
        "qlink:allow:",
        "qlink:1:allow",
        "qsend:1",
        "qsend:1:0123456789a",
        "qsend:1:0123456789abc",
        "qsend:1:0123456789AB",
        "qsend:1:0123456789ab ",
        "menu\n",
    ):
        fits = [pattern.pattern for pattern in patterns() if pattern.match(data)]
        assert fits[-1:] == [r"^[\s\S]*\Z"]
        assert len(fits) == 1, f"{data!r} fits {fits}"


def test_titles_fit_on_a_button_of_a_phone(library: Library) -> None:
    for topic in library.topics.values():
        for locale, text in topic.texts.items():
            assert len(text.title) <= 40, f"{topic.id} {locale}"


# --- the menu of commands


def test_every_command_of_the_menu_has_a_route_and_words_in_four_languages() -> None:
    known = {name for route in ROUTES if isinstance(route, CommandHandler) for name in route.commands}
    for name, text in service.COMMANDS.items():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert name in known
        words = [translate(locale, text) for locale in LOCALES]
        assert all(1 <= len(word) <= 256 for word in words)
        assert len(set(words)) >= 3, words  # English and French share "Menu"
    assert known - set(service.COMMANDS) == {"start", "cancel", "queue", "texts", "feedback"}


def test_the_description_is_short_enough_for_telegram() -> None:
    shown = [translate(locale, service.DESCRIPTION) for locale in LOCALES]
    assert all(1 <= len(text) <= 512 for text in shown)
    assert len(set(shown)) == len(LOCALES)


def test_every_language_has_a_code_of_telegrams() -> None:
    codes = [service.TELEGRAM_CODES[locale] for locale in LOCALES]
    assert len(set(codes)) == len(LOCALES)
    assert "" in codes  # for every other language
