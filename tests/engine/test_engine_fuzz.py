"""Whatever is written, the engine neither fails nor grows, and says the same tomorrow.

All texts come from seeds: what fails once fails again. The pieces may run side by side.
"""

import gc
import itertools
from pathlib import Path

import hostile
import pytest

from engine import Decision, Encoder, Engine, Understanding
from engine.encoder import LONGEST as MOST_PIECES
from engine.fold import LONGEST, LONGEST_WORD, fold, skeleton, words, written
from engine.lexical import features
from knowledge.library import Library

FOLDED, ENTIRE = 10_000, 250
"""Texts of one piece: ten of folding and tokeniser, eight of the whole engine."""

GROWTH = 64 * 2**20
"""Bytes that the process may grow by over a piece; what the engine remembers of words has an end."""

LIGATURES = [*range(1, 130), *range(130, 5000, 97), 5000]


def resident() -> int:
    """Bytes of memory that the process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.fixture(scope="session")
def questions(library: Library) -> list[str]:
    """The example questions of the knowledge."""
    return [text for topic in library.topics.values() for texts in topic.questions.values() for text in texts]


def check_folding(text: str, encoder: Encoder) -> None:
    """Fold and cut ``text`` in every way that the engine does."""
    folded = fold(text)
    assert len(folded) <= LONGEST
    assert fold(folded) == folded
    assert folded.isprintable()
    for word in words(folded):
        assert len(word) <= LONGEST_WORD  # both halves remember words
        assert len(skeleton(word)) <= LONGEST_WORD
    numbers, weights = features(text)
    assert len(numbers) == len(weights) == len(set(numbers.tolist()))
    assert len(written(text)) <= LONGEST
    pieces = encoder.pieces(text)
    assert len(pieces) <= MOST_PIECES - 2
    assert not pieces or min(pieces) > 2  # START, PAD, END: nobody can write them


def check_understanding(text: str, chosen: str | None, last: str | None, engine: Engine) -> Understanding:
    """Ask the engine, and see that its answer is one."""
    got = engine.understand(text, chosen, last)
    assert len(got.candidates) <= 3
    assert all(0 <= candidate.score <= 1 for candidate in got.candidates)
    assert all(candidate.topic for candidate in got.candidates)
    assert got.locale in {None, "en", "fr", "fa_AF", "ps"}
    assert (got.topic is not None) == (got.decision in {Decision.ANSWER, Decision.URGENT})
    assert got.topic in {None, got.candidates[0].topic if got.candidates else None}
    assert got.also is None or got.also != got.topic
    assert not got.follows or got.topic == last
    return got


@pytest.mark.parametrize("seed", range(10))
def test_folding_takes_anything(seed: int, encoder: Encoder, questions: list[str]) -> None:
    warm, *rest = hostile.texts(seed, FOLDED, questions)
    check_folding(warm, encoder)
    before = resident()
    for text in rest:
        check_folding(text, encoder)
    assert resident() - before < GROWTH


@pytest.mark.parametrize("seed", range(100, 108))
def test_the_engine_takes_anything(seed: int, shipped: Engine, questions: list[str]) -> None:
    warm, *rest = hostile.texts(seed, ENTIRE, questions)
    around = itertools.cycle(itertools.product((None, "en", "fr", "fa_AF", "ps", "xx"), (None, "newborn")))
    check_understanding(warm, None, None, shipped)
    before = resident()
    asked = [(text, *more) for text, more in zip(rest, around, strict=False)]
    found = [check_understanding(*one, shipped) for one in asked]
    assert resident() - before < GROWTH
    assert [shipped.understand(*one) for one in asked[::-8]] == found[::-8]


def test_the_ligature_of_eighteen_letters_has_an_end(encoder: Encoder) -> None:
    before = resident()
    for times in LIGATURES:
        check_folding(hostile.LIGATURE * times, encoder)
    assert resident() - before < GROWTH


@pytest.mark.parametrize(
    "text",
    [
        "\ufdfa" * 20_000,
        "a" * 20_000,
        "آیا " * 5_000,
        "\ud800" * 20_000,
        "e" + "\u0301" * 20_000,
        "\x00\x01\x1b" * 6_000,
        "police " * 2_800,
        "they took .. " * 1_600,
        "مې " * 6_000,
        "a.b." * 5_000,
        "''" * 10_000,
        "<s></s>▁" * 2_500,
        "".join(map(chr, range(0x600, 0x700))) * 60,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_twenty_thousand_characters(text: str, shipped: Engine, encoder: Encoder) -> None:
    check_folding(text, encoder)
    check_understanding(text, None, None, shipped)


@pytest.mark.parametrize("text", ["", " ", "؟؟؟", "12345", "\u200f\u200c", "\ud800"])
def test_where_there_is_no_word_people_answer(text: str, shipped: Engine) -> None:
    assert shipped.understand(text).decision is Decision.HANDOFF
