"""The parse modes beside Telegram's own parser: the same text and entities, or the same refusal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import tdjson
from hypothesis import given
from hypothesis import strategies as st

from sandbox.html import Entity, parse_html
from sandbox.links import checked_link
from sandbox.markdown import parse_markdown
from sandbox.markdown_v2 import parse_markdown_v2
from sandbox.refusals import Refusal

Json = dict[str, Any]
Reading = tuple[str, list[Entity]] | str

HTML: Json = {"@type": "textParseModeHTML"}
MARKDOWN: Json = {"@type": "textParseModeMarkdown", "version": 1}
MARKDOWN_V2: Json = {"@type": "textParseModeMarkdown", "version": 2}
KINDS = {
    "Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough",
    "Spoiler": "spoiler", "Code": "code", "Pre": "pre", "PreCode": "pre", "TextUrl": "text_link",
    "MentionName": "text_link", "CustomEmoji": "custom_emoji", "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
}  # fmt: skip


def execute(request: Json) -> Json:
    """Ask Telegram's library, which answers at once and without a network."""
    answer = tdjson.td_execute(json.dumps(request).encode())
    assert answer is not None
    result: Json = json.loads(answer)
    return result


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def at_telegram(source: str, mode: Json) -> Reading:
    """How Telegram reads a text: with its entities, or the words of its refusal."""
    answer = execute({"@type": "parseTextEntities", "text": source, "parse_mode": mode})
    if answer["@type"] == "error":
        return str(answer["message"]).removeprefix("Can't parse entities: ")
    return answer["text"], in_order([entity_of(entity) for entity in answer["entities"]])


def entity_of(entity: Json) -> Entity:
    kind = entity["type"]
    place = {"type": KINDS[kind["@type"].removeprefix("textEntityType")]}
    if "user_id" in kind:
        place["url"] = f"tg://user?id={kind['user_id']}"
    more = {key: kind[key] for key in ("language", "url", "custom_emoji_id") if key in kind}
    return place | {key: entity[key] for key in ("offset", "length")} | more


def here(source: str, parse: Callable[[str], tuple[str, list[Entity]]]) -> Reading:
    """How the sandbox reads it."""
    try:
        text, entities = parse(source)
    except Refusal as refusal:
        return refusal.description.removeprefix("Bad Request: can't parse entities: ")
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)  # the sandbox drops it later
    return text, in_order(entities)


def in_order(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: json.dumps(entity, sort_keys=True))


def same_in_html(source: str) -> None:
    assert here(source, parse_html) == at_telegram(source, HTML)


def same_in_markdown(source: str) -> None:
    assert here(source, parse_markdown) == at_telegram(source, MARKDOWN)


def same_in_markdown_v2(source: str) -> None:
    assert here(source, parse_markdown_v2) == at_telegram(source, MARKDOWN_V2)


@pytest.mark.parametrize(
    "source",
    [
        "*سلام* _دوسیه_ __شما__ ~کهنه~ ||پنهان|| `G000012345`",
        "*bold _italic bold ~struck~ __under___ end*", "__italic under_line___", "___a___", "_a__b__c_",
        "__a_", "_a__", "*", "a*b", "**", "* *", "*a", "a_b", "||a|b||", "|", "~a", "a.", "a\\.", "\\",
        "a\\", "\\\\", "\\س", "`a\\`b`", "`a*b`", "`a", "a-b", "!", "!\\[", "[a](canada.ca)",
        "[a](nothing)", "[](canada.ca)", "[canada\\.ca]", "[a]", "[a", "[a](b", "[a](b\\)c.ca)",
        "[*a*](canada.ca)", "*[a](canada.ca)*", "[Karim](tg://user?id=502)", "[a](javascript:x)",
        "![🙂](tg://emoji?id=5368324170671202286)", "![🙂](tg://emoji?id=0)", "![🙂](https://canada.ca)",
        "![🙂]", "![🙂](tg://emoji?id=5", "![🙂](tg://emoji?id=x)", "```python\nx = 1\n```", "```\nx```",
        "```x```", "```x y```", "```", "``````", "```python", "```a`b```", ">a\n>b\nc", ">a\n>b",
        ">a\n>b||", ">a||\n", ">a||\nb", ">*a\nb*", ">*a\n>b*", ">a\n\n>b", "a>b", "a\n>b", ">||a||\nb",
        ">", ">\n", ">>a", "\\>a", "\n>a", "*>a*", ">`a\n>b`\nc", ">||\nx", ">*||\nx", "||>a||",
        "👩‍👧 *👩‍👧* ||😀|| _ی‌ه_", "*😀a", "سلام *", "(a)", "a#b", "\\*a\\*", "{", "=", "+", "\n", "*a\nb*",
    ],
)  # fmt: skip
def test_hard_cases_of_markdown_v2(source: str) -> None:
    same_in_markdown_v2(source)


@pytest.mark.parametrize(
    "source",
    [
        "*سلام* _دوسیه_ `G000012345` [معلومات](https://canada.ca)", "*a _b_ c*", "*a", "a_b", "a\\_b",
        "\\a", "\\", "**", "__", "[a](b", "[a]", "[](canada.ca)", "[a](nothing)", "```python\nx```",
        "```x```", "```\nx\n```", "```", "``", "`a``b`", "😀*😀*", "س _", "*a\\*b*", "[a[b](canada.ca)",
        "[a](tg://user?id=5)", "``````", "```py", "[a] (canada.ca)",
    ],
)  # fmt: skip
def test_hard_cases_of_markdown(source: str) -> None:
    same_in_markdown(source)


@pytest.mark.parametrize(
    "source",
    [
        "<b>سلام</b> <i>a<u>b</u></i>", "<b>a", "a</b>", "<br>", "a < b", "a <b", "<b><i>x</b></i>",
        "<b></b>", "<a href", "<a href=", "<a href='x", "<a href=x&y>z</a>", "<a href>z</a>", "<a =x>z</a>",
        "<b>x</b ", "<span>x</span>", "<span class='tg-spoiler'>x</span>",
        "<SPAN CLASS=tg-spoiler>x</span>", "<b>x</>", "<a>canada.ca</a>",
        "<a href=\"canada.ca?a=1&amp;b=2\">x</a>", "<a href='tg://user?id=5'>x</a>", "<pre>x</pre>",
        "<pre><code class='language-py'>x</code></pre>", "<pre> <code class='language-py'>x</code></pre>",
        "<code class='language-py'>x</code>", "<code><pre>x</pre></code>",
        "<tg-emoji emoji-id='5'>🙂</tg-emoji>", "<tg-emoji emoji-id='x'>🙂</tg-emoji>",
        "<tg-emoji emoji-id='0'>🙂</tg-emoji>", "<blockquote expandable>x</blockquote>",
        "<blockquote>😀</blockquote>", "&lt;&gt;&amp;&quot;&#1587;&#x1F600;", "&nbsp; &lt &copy;",
        "&#0; &#xD800; &#x110000;", "&", "&;", "&#;", "&#x;", "<b\nclass='x'>a</b>", "<b class=x>a</b >",
        "<!-- x -->", "<", "</", "</>", "<>", "<b/>", "<a href='&quot;'>x</a>",
        "<tg-spoiler>a</tg-spoiler>",
        "<strike>a</strike><del>b</del><ins>c</ins><em>d</em><strong>e</strong>",
    ],
)  # fmt: skip
def test_hard_cases_of_html(source: str) -> None:
    same_in_html(source)


marks = [
    "*", "_", "__", "~", "||", "`", "```", "[", "](canada.ca)", "]", "![", "](tg://emoji?id=5)", ">", "\n",
    "\n>", "\\", "(", ")", ".", " ", "a", "سلام", "😀", "py",
]  # fmt: skip
# Of a link without an address the legacy parser reads the address where it has begun to write its result:
# no stop outside an address, and the two agree.
legacy_marks = [mark for mark in marks if mark != "."]
tags = [
    "<b>", "</b>", "<i>", "</i>", "<pre>", "</pre>", "<code>", "<code class='language-py'>", "</code>",
    "<a>", "</a>", "<a href='canada.ca'>", "<blockquote>", "</blockquote>", "&lt;", "&#1587;", "&", " ",
    "a", "سلام", "😀", "\n", "<", ">", "</", "'", '"', "=", "<a ", "href",
]  # fmt: skip


@given(st.lists(st.sampled_from(marks), max_size=12).map("".join))
def test_any_marks_of_markdown_v2(source: str) -> None:
    same_in_markdown_v2(source)


@given(st.lists(st.sampled_from(legacy_marks), max_size=10).map("".join))
def test_any_marks_of_markdown(source: str) -> None:
    same_in_markdown(source)


@given(st.lists(st.sampled_from(tags), max_size=12).map("".join))
def test_any_tags(source: str) -> None:
    same_in_html(source)


@given(
    st.text(st.sampled_from("abc.:/?#@-_ سع1"), max_size=14),
    st.sampled_from(["", "http://", "tg:", "HTTPS://", "x://"]),
)
def test_any_link_is_kept_or_dropped(rest: str, scheme: str) -> None:
    url = scheme + rest
    read = at_telegram(f"<a href='{url}'>x</a>", HTML)
    assert not isinstance(read, str)
    kept = read[1][0]["url"] if read[1] else ""
    assert checked_link(url) == kept
