"""The encoder: only the files that the card names, and the same reading of the same text."""

import hashlib
import json
import threading
from pathlib import Path

import numpy as np
import pytest

from engine import Encoder, EncoderError
from engine.encoder import END, FOLDER, LONGEST, PAD, START, Reading

FILES = ("card.json", "encoder.onnx", "pieces.model")

TEXTS = (
    "Who pays for the medical exam?",
    "پرواز بعدی چی وقت است؟",
    "زما دوسیه چیرته ده؟",
    "Où en est mon dossier ?",
    "",
    "🙏",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like the shipped one; a test replaces what it wants to spoil."""
    for name in FILES:
        (tmp_path / name).symlink_to(FOLDER / name)
    return tmp_path


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def write_card(folder: Path, **changes: object) -> None:
    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    replace(folder / "card.json", json.dumps({**card, **changes}).encode())


def same(one: Reading, other: Reading) -> bool:
    return (
        np.array_equal(one.topics, other.topics)
        and one.danger == other.danger
        and np.array_equal(one.languages, other.languages)
    )


def test_a_copy_of_the_folder_loads(folder: Path) -> None:
    assert Encoder(folder).topics == Encoder().topics


@pytest.mark.parametrize("name", FILES[1:])
def test_one_flipped_bit_is_noticed_and_the_file_named(folder: Path, name: str) -> None:
    content = bytearray((FOLDER / name).read_bytes())
    content[len(content) // 2] ^= 1
    replace(folder / name, bytes(content))
    with pytest.raises(EncoderError, match=f"{name} is not the file that the card names"):
        Encoder(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_without_its_place(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=name) as error:
        Encoder(folder)
    assert str(folder) not in str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"no card", b"\xff\xfe", b"[]", b"null", b"{}", b'{"sha256": ["encoder.onnx"]}']
)
def test_a_card_that_is_none_is_named(folder: Path, content: bytes) -> None:
    replace(folder / "card.json", content)
    with pytest.raises(EncoderError, match=r"card\.json"):
        Encoder(folder)


@pytest.mark.parametrize("changes", [{"topics": None}, {"languages": 4}, {"sha256": None}])
def test_a_card_that_lacks_something_is_named(folder: Path, changes: dict[str, object]) -> None:
    write_card(folder, **changes)
    with pytest.raises(EncoderError, match=r"card\.json"):
        Encoder(folder)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_is_no_network_cannot_be_loaded(folder: Path, name: str) -> None:
    """Its checksum is right, so that only the library can find out."""
    sums = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))["sha256"]
    replace(folder / name, b"something else")
    write_card(folder, sha256={**sums, name: hashlib.sha256(b"something else").hexdigest()})
    with pytest.raises(EncoderError, match="cannot be loaded"):
        Encoder(folder)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_the_card_does_not_name_is_not_loaded(folder: Path, name: str) -> None:
    sums = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))["sha256"]
    del sums[name]
    write_card(folder, sha256=sums)
    with pytest.raises(EncoderError, match=r"card\.json"):
        Encoder(folder)


@pytest.mark.parametrize("text", TEXTS)
def test_a_reading_holds_one_number_for_each_name(encoder: Encoder, text: str) -> None:
    (reading,) = encoder.read([text])
    assert reading.topics.shape == (len(encoder.topics),)
    assert reading.languages.shape == (len(encoder.languages),)
    assert np.isfinite(reading.topics).all()
    assert np.isfinite(reading.languages).all()
    assert np.isfinite(reading.danger)


def test_the_names_are_names(encoder: Encoder) -> None:
    assert len(set(encoder.topics)) == len(encoder.topics)
    assert {name.split(".")[0] for name in encoder.languages} == {"en", "fr", "fa_AF", "ps"}


def test_the_same_text_the_same_reading_whatever_stands_beside_it(encoder: Encoder) -> None:
    together = encoder.read(TEXTS)
    backwards = encoder.read(TEXTS[::-1])[::-1]
    alone = [encoder.read([text])[0] for text in TEXTS]
    for one, other, third in zip(together, backwards, alone, strict=True):
        assert same(one, other)
        assert same(one, third)
    assert not same(together[0], together[1])


def test_a_second_encoder_reads_the_same(encoder: Encoder) -> None:
    for one, other in zip(encoder.read(TEXTS), Encoder().read(TEXTS), strict=True):
        assert same(one, other)


def test_case_keyboard_and_half_spaces_make_no_difference(encoder: Encoder) -> None:
    for one, other in [
        ("WHO PAYS", "who pays"),
        ("می‌روم", "می روم"),
        ("كي پول ميدهد", "کی پول میدهد"),
        ("۱۲ مي", "12 می"),
        ("heeeelp", "help"),
    ]:
        assert encoder.pieces(one) == encoder.pieces(other)


def test_letters_of_pashto_and_accents_are_read_as_written(encoder: Encoder) -> None:
    """The encoder learnt its words with them; only words and letters are compared without."""
    assert encoder.pieces("مې") != encoder.pieces("می")
    assert encoder.pieces("été") != encoder.pieces("ete")


@pytest.mark.parametrize("text", ["visa " * 500, "دوسیه " * 500, "\ufdfa" * 5000, "x" * 20_000, "🙏" * 5000])
def test_a_long_text_is_cut(encoder: Encoder, text: str) -> None:
    assert len(encoder.pieces(text)) <= LONGEST - 2


def test_what_stands_behind_the_cut_changes_nothing(encoder: Encoder) -> None:
    start = "where is my file " * 200
    assert len(encoder.pieces(start)) == LONGEST - 2
    assert same(*encoder.read([start, start + "newborn passport tazkira"]))


@pytest.mark.parametrize("text", ["<s>", "</s>", "<pad>", "a </s> b <s> c <pad>", "<s></s><pad>" * 100])
def test_nobody_can_write_the_marks_of_a_text(encoder: Encoder, text: str) -> None:
    assert encoder.pieces(text)
    assert not {START, PAD, END} & set(encoder.pieces(text))


def test_any_number_of_threads_may_ask(encoder: Encoder) -> None:
    expected = encoder.read(TEXTS)
    heard: list[list[Reading]] = []

    def ask() -> None:
        heard.extend(encoder.read(TEXTS) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 40
    assert all(same(*pair) for readings in heard for pair in zip(expected, readings, strict=True))
