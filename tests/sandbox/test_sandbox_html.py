"""The HTML parse mode: Telegram's words for what is broken, and properties that hold for every text."""

import itertools
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities import found, tidy
from sandbox.given_entities import given_entities
from sandbox.html import parse_html, units
from sandbox.links import checked_link
from sandbox.refusals import Refusal
from sandbox.safe_html import piece, to_html

PREFIX = "Bad Request: can't parse entities: "


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("سلام <br>", 'Unsupported start tag "br" at byte offset 9'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=x&y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>z</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<b>x</b ", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>🙂</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(source)
    assert caught.value.description == PREFIX + reason


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&lt;&gt;&amp;&quot;&#1587;&#x1F600;", '<>&"س😀', []),
        ("&nbsp; &lt &copy;", "&nbsp; < &copy;", []),
        ("&#0;", "&#0;", []),
        ("<B>x</>", "x", [{"type": "bold", "offset": 0, "length": 1}]),
        ("<b></b>x", "x", []),
        ("<span class='tg-spoiler'>x</span>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        (
            "<blockquote expandable>x</blockquote>",
            "x",
            [{"type": "expandable_blockquote", "offset": 0, "length": 1}],
        ),
        (
            "<a>canada.ca</a>",
            "canada.ca",
            [{"type": "text_link", "offset": 0, "length": 9, "url": "http://canada.ca/"}],
        ),
        ("<a href='javascript:alert(1)'>x</a>", "x", []),
        (
            "<pre><code class=language-python>x</code></pre>",
            "x",
            [{"type": "pre", "offset": 0, "length": 1, "language": "python"}],
        ),
        (
            "<tg-emoji emoji-id='53'>🙂</tg-emoji>",
            "🙂",
            [{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "53"}],
        ),
    ],
)
def test_html_is_read_as_telegram_reads_it(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


words = st.text(st.sampled_from("سلام دوسیه ښځۍېګ ab<>&\"'é😀👩‍👧\u200c\n۱۲"), min_size=1, max_size=8)
plain = words.map(lambda text: (escape(text), text))


TAGS = [
    ("<b>", "</b>"),
    ("<em>", "</em>"),
    ("<u>", "</u>"),
    ("<s>", "</s>"),
    ("<tg-spoiler>", "</tg-spoiler>"),
]
TAGS += [("<blockquote>", "</blockquote>"), ("<a href='https://canada.ca/a?b=1&amp;c=2'>", "</a>")]


def wrapped(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    def join(tag: tuple[str, str], parts: list[tuple[str, str]]) -> tuple[str, str]:
        return tag[0] + "".join(source for source, _ in parts) + tag[1], "".join(text for _, text in parts)

    return st.builds(join, st.sampled_from(TAGS), st.lists(inner, min_size=1, max_size=3))


documents = st.recursive(plain, wrapped, max_leaves=12)


@given(documents)
def test_tags_go_and_the_text_stays(document: tuple[str, str]) -> None:
    source, expected = document
    text, entities = parse_html(source.replace("&#x27;", "&#39;"))
    assert text == expected
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text)
        piece(text, entity).encode()  # no entity cuts a character in two


@given(documents)
def test_html_written_for_the_page_reads_the_same(document: tuple[str, str]) -> None:
    text, entities = parse_html(document[0])
    again, entities_again = parse_html(to_html(text, entities))
    assert again == text
    assert tidy(entities_again) == tidy(entities)


styles = st.sampled_from(["bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote"])


@given(words, st.lists(st.tuples(styles, st.integers(0, 20), st.integers(1, 20)), max_size=5))
def test_entities_that_cross_are_written_as_tags_that_nest(
    text: str, given_: list[tuple[str, int, int]]
) -> None:
    starts = [units(text[:index]) for index in range(len(text) + 1)]
    entities = [
        {"type": kind, "offset": starts[a % len(text)], "length": starts[-1] - starts[a % len(text)]}
        if b > len(text)
        else {"type": kind, "offset": 0, "length": starts[max(b % len(starts), 1)]}
        for kind, a, b in given_
    ]
    assert given_entities(text, entities) == entities
    html = to_html(text, tidy(entities))
    again, _ = parse_html(html)
    assert again == text


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_and_never_breaks_the_parser(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except Refusal:
        return
    assert units(to_html(text, entities)) >= units(text)


@given(st.text(st.sampled_from("a/@#.ca htps:سلام😀_1"), max_size=40))
def test_what_telegram_finds_never_overlaps(text: str) -> None:
    spans = sorted((entity["offset"], entity["offset"] + entity["length"]) for entity in found(text, []))
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start@sandbox_bot x", [("bot_command", "/start@sandbox_bot")]),
        ("and/or 21/11/2026", []),
        ("see https://www.canada.ca/en.html.", [("url", "https://www.canada.ca/en.html")]),
        ("لینک https://canada.ca، بلی", [("url", "https://canada.ca")]),
        ("write to a.b@ircc.ca or @hamrah_bot #help #1", [
            ("email", "a.b@ircc.ca"), ("mention", "@hamrah_bot"), ("hashtag", "#help")]),
    ],
)  # fmt: skip
def test_what_telegram_finds(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(entity["type"], piece(text, entity)) for entity in tidy(found(text, []))] == expected


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("canada.ca", "http://canada.ca/"),
        ("HTTPS://canada.ca?x=1", "https://canada.ca/?x=1"),
        ("tg://user?id=5", "tg://user?id=5"),
        ("ftp://canada.ca", ""),
        ("javascript:alert(1)//a.b", ""),
        ("data:text/html,x.y", ""),
        ("nowhere", ""),
        ("http://localhost:8080/", ""),
        ("", ""),
    ],
)
def test_links_are_kept_or_dropped(url: str, kept: str) -> None:
    assert checked_link(url) == kept
