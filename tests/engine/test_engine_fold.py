"""The folding of what people type."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fold import LONGEST, fold, fold_digits, skeleton, tidy, words

ANY_TEXT = st.text(st.characters(), max_size=200)  # lone surrogates and controls among them


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("دوسيه", "دوسیه"),  # Arabic keyboard
        ("كانادا", "کانادا"),
        ("ګوګل", "گوگل"),
        ("دوسیۀ", "دوسیه"),
        ("قضیة", "قضیه"),
        ("ہوائی", "هوایی"),  # Urdu keyboard
        ("ٹکٹ", "تکت"),
        ("مې", "می"),
        ("مۍ", "می"),
        ("می‌روم", "می روم"),  # half-space
        ("\u202bسلام\u202c", "سلام"),  # bidi controls
        ("ســـلام", "سلام"),  # tatweel
        ("مُحَمَّد", "محمد"),  # marks
        ("سلاااااام", "سلام"),
        ("heeeelp", "help"),
        ("Déjà VU", "deja vu"),
        ("cœur", "coeur"),
        ("G۰۰۰۰۱۲۳۴۵", "g000012345"),
        ("٣", "3"),
        ("ﻻ", "لا"),  # presentation form
        ("it’s", "it's"),
    ],
)
def test_one_spelling(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_digits_alone_change() -> None:
    assert fold_digits("G ۰۱۲ ٣٤٥ 678 ې\u200cX") == "G 012 345 678 ې\u200cX"


def test_pashto_letters_survive_tidying() -> None:
    assert tidy("ښځه څوک ګړندی ټول ډېر ږيره") == "ښځه څوک گړندی ټول ډېر ږیره"


@pytest.mark.parametrize(
    ("script", "latin"),
    [
        ("دستگیر", "dastgir"),
        ("پولیس", "polis"),
        ("تهدید", "tahdid"),
        ("سلام", "salaam"),
        ("چرتر", "charter"),
        ("اخراج", "ekhraj"),
        ("شوهر", "shohar"),
    ],
)
def test_skeletons_meet_across_scripts(script: str, latin: str) -> None:
    assert skeleton(fold(script)) == skeleton(fold(latin))


@given(ANY_TEXT)
def test_folding_is_idempotent_and_bounded(text: str) -> None:
    for step in (tidy, fold, fold_digits):
        once = step(text)
        assert step(once) == once
    assert len(fold(text)) <= LONGEST


@given(ANY_TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    assert not any(unicodedata.category(c)[0] in "MC" for c in fold(text))
    for word in words(fold(text)):
        skeleton(word)


@settings(max_examples=20)
@given(st.text(st.characters(), min_size=1, max_size=3), st.integers(1000, 20_000))
def test_length_is_cut(piece: str, times: int) -> None:
    assert len(fold(piece * times)) <= LONGEST
