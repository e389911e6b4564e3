"""Every message of the service, rendered in every language, as Telegram will get it."""

import re
from collections import Counter
from html import unescape

import pytest
from babel.messages.extract import extract_from_file
from hypothesis import given
from hypothesis import strategies as st
from locales_samples import CONTACTS, OPERATORS, SAMPLES, cases
from telegram_html import TAG, assert_telegram_takes, tags_of

from locales import LOCALES, RIGHT_TO_LEFT
from locales.bidi import LRI, PDI, unisolated_runs
from locales.render import TEMPLATES, Renderer
from locales.split import LIMIT, split, visible_length

RENDERERS = [Renderer(operator, CONTACTS) for operator in OPERATORS]
RENDERER = RENDERERS[1]
ISOLATES = re.compile(f"[{LRI}{PDI}]")

FILES = {path.stem for path in TEMPLATES.glob("*.html")}
PARTS = {name for name in FILES if name.startswith("_")}


SHOW_SOURCES = ("staff_text_write", "staff_text_fault")
"""Messages to who writes a text: they show its placeholders as they are typed."""


def test_every_template_has_samples_and_every_sample_a_template() -> None:
    assert set(SAMPLES) == FILES - PARTS


def test_every_part_is_included_somewhere() -> None:
    sources = {name: (TEMPLATES / f"{name}.html").read_text(encoding="utf-8") for name in FILES}
    for part in PARTS:
        assert any(f'"{part}.html"' in source for name, source in sources.items() if name != part)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_renders_and_telegram_takes_it(locale: str) -> None:
    for template, values in cases():
        for renderer in RENDERERS:
            html = renderer.text(template, locale, values)
            assert_telegram_takes(html)
            for left_over in ("{{", "{%", "%(", "None", "Undefined", "\n\n\n"):
                if template in SHOW_SOURCES and left_over == "{{":
                    continue
                assert left_over not in html, f"{template} in {locale} shows {left_over!r}: {html}"


@pytest.mark.parametrize("locale", sorted(RIGHT_TO_LEFT))
def test_every_number_and_latin_word_is_isolated_in_right_to_left(locale: str) -> None:
    for template, values in cases():
        html = RENDERER.text(template, locale, values)
        assert unisolated_runs(html) == [], template
        # Read without our own pattern: outside the isolates stands no Latin letter and no digit.
        outside = re.sub(f"{LRI}[^{PDI}]*{PDI}", "", unescape(TAG.sub("", html)))
        assert re.findall(r"[A-Za-zÀ-ÿ0-9۰-۹٠-٩]", outside) == [], f"{template}: {outside}"
        assert html.count(LRI) == html.count(PDI)


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_left_to_right_messages_need_no_isolates(locale: str) -> None:
    own = [(template, values) for template, values in cases() if values.get("locale") not in RIGHT_TO_LEFT]
    assert not any(ISOLATES.search(RENDERER.text(template, locale, values)) for template, values in own)


def test_the_samples_show_every_sentence_of_every_template() -> None:
    """So that what is tested above is all there is."""
    everything = "\n".join(
        unescape(TAG.sub("", renderer.text(template, "en", values)))
        for template, values in cases()
        for renderer in RENDERERS
    )
    unseen = []
    for path in TEMPLATES.glob("*.html"):
        found = extract_from_file("jinja2.ext:babel_extract", path, options={"trimmed": "true"})
        for _, message, _, _ in found:
            pattern = ".+?".join(map(re.escape, re.split(r"%\(\w+\)s", str(message))))
            if not re.search(pattern, everything):
                unseen.append((path.name, message))
    assert unseen == []


def test_no_message_is_english_by_oversight() -> None:
    """Every sentence that a person reads differs from the English one."""
    for template, values in cases():
        english = RENDERER.text(template, "en", values)
        for locale in ("fr", *sorted(RIGHT_TO_LEFT)):
            assert template == "language" or RENDERER.text(template, locale, values) != english, template


# --- what people write never becomes markup

HOSTILE = '<b>&amp;</i>{{ 7*7 }}{% if %}%(x)s "\'>&lt;<a href="tg://user?id=1">'
WRITTEN_BY_PEOPLE = {
    "staff_preview": {
        "number": "H-1",
        "ticket": 1,
        "text": HOSTILE,
        "written": None,
        "asked": "en",
        "files": False,
    },
    "ticket_view": {
        "number": "H-1",
        "state": "open",
        "case_link": False,
        "messages": [{"author": "person", "at": "2026-11-21", "body": HOSTILE, "files": 1}],
    },
    "staff_ticket": {
        **SAMPLES["staff_ticket"][0],
        "assignee": HOSTILE,
        "messages": [{"author": "note", "at": "2026-11-21", "body": HOSTILE, "files": 1}],
    },
    "staff_questions": {**SAMPLES["staff_questions"][0], "wordings": [HOSTILE, HOSTILE]},
    "staff_welcome": {"name": HOSTILE, "role": "agent"},
    "case_card": {"cases": [{**SAMPLES["case_card"][0]["cases"][0], "office": HOSTILE, "stream": HOSTILE}]},
    "answer": {**SAMPLES["answer"][0], "title": HOSTILE, "sources": [HOSTILE]},
    "update": {**SAMPLES["update"][0], "title": HOSTILE, "source": HOSTILE},
}


def harmless(value: object) -> object:
    if isinstance(value, dict):
        return {key: harmless(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [harmless(inner) for inner in value]
    return "x" if value == HOSTILE else value


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template", WRITTEN_BY_PEOPLE)
def test_what_people_write_stays_text(template: str, locale: str) -> None:
    values = WRITTEN_BY_PEOPLE[template]
    plain = harmless(values)
    assert isinstance(plain, dict)
    shown = RENDERER.text(template, locale, values)
    assert_telegram_takes(shown)
    assert tags_of(shown) == tags_of(RENDERER.text(template, locale, plain))
    assert HOSTILE in ISOLATES.sub("", unescape(TAG.sub("", shown)))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_operators_own_words_stay_text_too(locale: str) -> None:
    operator = {"name": "Friends & <b>Family", "kind": "volunteers", "privacy": "a<b@example.org"}
    renderer = Renderer(operator, dict.fromkeys(CONTACTS, "<i>1 & 2"))
    for template in ("welcome", "about", "privacy", "danger_contacts"):
        assert_telegram_takes(renderer.text(template, locale, {}))
    assert_telegram_takes(renderer.text("answer", locale, SAMPLES["answer"][0]))


@given(st.text(max_size=200), st.sampled_from(LOCALES))
def test_any_text_can_be_shown(text: str, locale: str) -> None:
    values = {
        **WRITTEN_BY_PEOPLE["ticket_view"],
        "messages": [{"author": "person", "at": "2026-11-21", "body": text, "files": 0}],
    }
    shown = RENDERER.text("ticket_view", locale, values)
    assert_telegram_takes(shown)
    assert Counter(tags_of(shown)) == Counter({"<b>": 2, "</b>": 2})


# --- long texts in pieces

LONG = {
    "one line of Dari": "سلام " * 819,
    "one line of digits": "۱ ا " * 1024,
    "one word": "ا" * 4096,
    "flags and families": "👨‍👩‍👧‍👦" * 370,
    "signs that are escaped": "<&>" * 1365,
    "short lines": "a\n" * 2048,
    "a very long first line": "1ا" * 2000 + "\nب",
    "a very long last line": "ب\n" + "1ا" * 2000,
    "a very long line between short ones": "ا\n" + "1ا" * 2000 + "\nب",
    "empty lines": "\n" * 4000 + "ا" * 96,
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("locale", ["fa_AF", "en"])
def test_a_long_text_goes_in_pieces_that_telegram_takes(kind: str, locale: str) -> None:
    text = LONG[kind]
    twelve = [{"author": "person", "at": "2026-11-21", "body": text, "files": 0}] * 12
    for template, values in (
        ("staff_preview", {"number": "H-1", "text": text, "written": "en", "asked": "fr", "files": True}),
        ("ticket_view", {"number": "H-1", "state": "open", "case_link": False, "messages": twelve}),
    ):
        whole = RENDERER.text(template, locale, values)
        pieces = split(whole)
        assert len(pieces) > 1 or visible_length(whole) <= LIMIT
        for piece in pieces:
            assert_telegram_takes(piece)
        assert letters("".join(pieces)) == letters(whole)


def test_a_quote_that_is_cut_goes_on_in_the_next_piece() -> None:
    values = {"number": "H-1", "text": "a\n" * 4000, "written": None, "asked": "en", "files": False}
    pieces = split(RENDERER.text("staff_preview", "en", values))
    assert len(pieces) == 2
    for piece in pieces:
        assert re.search(r"<blockquote>a[a\n]+</blockquote>$", piece)


def letters(html: str) -> str:
    return re.sub(r"\s+", "", unescape(TAG.sub("", html)))


LINE = st.builds(
    lambda word, count: word * count, st.sampled_from(["a", "ا ", "1<", "&", "👩", ""]), st.integers(0, 80)
)


@given(st.lists(LINE, max_size=12), st.integers(20, 60), st.booleans())
def test_pieces_hold_everything_in_order_and_are_short_enough(
    lines: list[str], limit: int, quoted: bool
) -> None:
    body = "\n".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in lines)
    html = f"<b>x</b>\n<blockquote>{body}</blockquote>\n<i>y</i>" if quoted else body
    pieces = split(html, limit)
    assert letters("".join(pieces)) == letters(html)
    for piece in pieces:
        assert visible_length(piece) <= max(limit, visible_length(html) if len(pieces) == 1 else 0)
        if len(pieces) > 1:
            assert_telegram_takes(piece)


def test_what_fits_stays_as_it_is() -> None:
    html = "<b>a</b>\n\n" + "b" * (LIMIT - 3)
    assert visible_length(html) == LIMIT
    assert split(html) == [html]
    assert len(split(html + "b")) == 2


@pytest.mark.parametrize(
    ("text", "length"), [("a", 1), ("<b>ab</b>", 2), ("&lt;&amp;", 2), ("👩", 2), ("سلام", 4)]
)
def test_length_is_counted_as_telegram_counts(text: str, length: int) -> None:
    assert visible_length(text) == length
