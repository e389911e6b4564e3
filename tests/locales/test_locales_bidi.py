"""Isolates: every Latin word and number of right-to-left text in one, and nothing else touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.bidi import LRI, PDI, RLM, isolate_runs, lead_right, unisolated_runs

ISOLATES = re.compile(f"[{LRI}{PDI}]")
PIECE = st.one_of(
    st.text(alphabet="سلام، ۱۲٣ aZé09.,:/+@_'’٫٬%-#()«»\n؟!", max_size=12),
    st.sampled_from(["<b>", "</b>", "<blockquote>", '<a href="tg://user?id=1">', "</a>"]),
    st.sampled_from(["&amp;", "&lt;", "&gt;", "&#34;", "&#39;", "&quot;"]),
)
HTML = st.lists(PIECE, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("دوسیهٔ G000012345.", "دوسیهٔ [G000012345]."),
        ("نمبر +93 700 000 000 است", "نمبر [+93 700 000 000] است"),
        ("تا ۱۰ عقرب ۱۴۰۵ (۱ نومبر ۲۰۲۶)", "تا [۱۰] عقرب [۱۴۰۵] ([۱] نومبر [۲۰۲۶])"),
        ("<b>UNHCR</b> و IRCC", "<b>[UNHCR]</b> و [IRCC]"),
        ("۱۲٬۵۰۰ نفر، ۴۵%", "[۱۲٬۵۰۰] نفر، [۴۵%]"),
        ("برای لغو: /cancel", "برای لغو: [/cancel]"),
        ("privacy@example.org", "[privacy@example.org]"),
        ("A &amp; B &lt; C", "[A &amp; B] &lt; [C]"),
        ("H-1001 · Élodie O’Brien", "[H-1001] · [Élodie O’Brien]"),
        ("سلام", "سلام"),
        ("", ""),
    ],
)
def test_runs_are_wrapped_whole(text: str, shown: str) -> None:
    assert isolate_runs(text) == shown.replace("[", LRI).replace("]", PDI)


@given(HTML)
def test_nothing_but_isolates_is_added(html: str) -> None:
    assert ISOLATES.sub("", isolate_runs(html)) == html


@given(HTML)
def test_no_run_stays_bare(html: str) -> None:
    shown = isolate_runs(html)
    assert unisolated_runs(shown) == []
    outside = re.sub(f"{LRI}[^{PDI}]*{PDI}|<[^>]*>|&[a-z]+;|&#[0-9]+;", "", shown)
    assert re.findall("[A-Za-z0-9۰-۹٠-٩é]", outside) == []


@pytest.mark.parametrize("bare", ["Душанбе", "３", "Łódź", "12"])
def test_what_no_pattern_isolates_is_found_all_the_same(bare: str) -> None:
    assert unisolated_runs(f"در <b>{bare}</b> است، {LRI}IRCC 2026{PDI} &lt;") == [bare]


@given(HTML)
def test_tags_and_entities_stay_as_they_are_and_in_order(html: str) -> None:
    parts = re.compile(r"<[^>]*>|&(?:[a-z]+|#\d+);")
    assert parts.findall(isolate_runs(html)) == parts.findall(html)
    for tag in re.findall(r"<[^>]*>", isolate_runs(html)):
        assert not ISOLATES.search(tag)


@given(HTML)
def test_isolates_are_paired_and_never_nested_nor_across_a_tag(html: str) -> None:
    signs = ISOLATES.findall(isolate_runs(html))
    assert signs == [LRI, PDI] * (len(signs) // 2)
    for inside in re.findall(f"{LRI}([^{PDI}]*){PDI}", isolate_runs(html)):
        assert inside
        assert "<" not in inside


@given(st.one_of(HTML, st.text(max_size=40), st.text(alphabet=f"{LRI}{PDI}a1<>&; س", max_size=20)))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    once = isolate_runs(text)
    assert isolate_runs(once) == once


def test_a_line_of_latin_words_alone_begins_at_the_right_too() -> None:
    html = isolate_runs("منبع:\n• IRCC, avoid immigration fraud\n\n<b>H-1001</b>\nاز ۳ روز")
    lines = lead_right(html).split("\n")
    assert [line.startswith(RLM) for line in lines] == [False, True, False, True, False]
    assert lead_right(html).replace(RLM, "") == html
    assert lead_right(lead_right(html)) == lead_right(html)
