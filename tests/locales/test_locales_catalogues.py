"""The catalogues against what code and templates really say, read afresh."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import locales
from locales import LOCALES, NAMES, RIGHT_TO_LEFT
from locales.catalogue import translate, translations

HOUSE = Path(locales.__file__).parent.parent
TRANSLATED = [locale for locale in LOCALES if locale != "en"]
PLACEHOLDERS = re.compile(r"%\(\w+\)s|%%|\{\w*\}")
COMMANDS = re.compile(r"/[a-z]+")


def extracted() -> set[str]:
    """Every text that code and templates mark for translation now."""
    with (HOUSE / "locales" / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found: set[str] = set()
    for folder in ("bot", "handlers", "locales"):
        for row in extract_from_dir(HOUSE / folder, methods, options, {**DEFAULT_KEYWORDS, "N_": None}):
            assert isinstance(row[2], str), f"a plural form in {row[0]} needs a test of its own"
            found.add(row[2])
    return found


def catalogue(locale: str) -> Catalog:
    path = HOUSE / "locales" / locale / "LC_MESSAGES" / "hamrah.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=locale, domain="hamrah")


@pytest.fixture(scope="module")
def texts() -> set[str]:
    return extracted()


def test_the_extraction_finds_code_and_templates(texts: set[str]) -> None:
    assert len(texts) > 150
    for known in ("Ask the team", "My case", "Your case", "private sponsor", "Case %(number)s"):
        assert known in texts


@pytest.mark.parametrize("locale", TRANSLATED)
def test_every_text_is_translated_and_nothing_else_stands_there(locale: str, texts: set[str]) -> None:
    entries = {str(message.id): message for message in catalogue(locale) if message.id}
    assert sorted(texts - set(entries)) == []
    assert sorted(set(entries) - texts) == []
    assert [text for text, message in entries.items() if not str(message.string).strip()] == []
    assert [text for text, message in entries.items() if message.fuzzy] == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_placeholders_and_commands_are_equal(locale: str) -> None:
    for message in catalogue(locale):
        for pattern in (PLACEHOLDERS, COMMANDS):
            ours, theirs = pattern.findall(str(message.string)), pattern.findall(str(message.id))
            if message.id:
                assert sorted(ours) == sorted(theirs), f"{locale}: {message.id!r}"


@pytest.mark.parametrize("locale", TRANSLATED)
def test_no_translation_brings_markup_or_stray_signs(locale: str) -> None:
    for message in catalogue(locale):
        if message.id:
            text = str(message.string)
            assert not re.search(r"[<>&]", text) or re.search(r"[<>&]", str(message.id)), text
            assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", text), (
                f"bidi control in {text!r}"
            )
            assert text == text.strip(), text
            assert "  " not in text


@pytest.mark.parametrize("locale", sorted(RIGHT_TO_LEFT))
def test_dari_and_pashto_use_their_own_letters(locale: str) -> None:
    for message in catalogue(locale):
        text = str(message.string)
        assert "ك" not in text, f"an Arabic kaf in {text!r}"
        if locale == "fa_AF":
            assert "ي" not in text, f"an Arabic yeh in {text!r}"


@pytest.mark.parametrize("locale", TRANSLATED)
def test_the_compiled_catalogue_is_the_one_that_is_read(locale: str) -> None:
    path = HOUSE / "locales" / locale / "LC_MESSAGES" / "hamrah.mo"
    assert path.exists(), "run: make catalogues"
    assert translate(locale, "Ask the team") != "Ask the team"
    assert translate("en", "Ask the team") == "Ask the team"


def test_a_text_without_a_translation_is_still_said() -> None:
    for locale in LOCALES:
        assert translate(locale, "A text that no catalogue has") == "A text that no catalogue has"


@pytest.mark.parametrize("locale", ["de", "fa", "fa_IR"])
def test_a_language_without_a_catalogue_is_an_error_and_not_english(locale: str) -> None:
    with pytest.raises(FileNotFoundError, match="Run: make catalogues"):
        translations(locale)


def test_catalogues_that_were_not_compiled_are_loud(tmp_path: Path) -> None:
    shutil.copytree(
        HOUSE / "locales", tmp_path / "locales", ignore=shutil.ignore_patterns("*.mo", "templates")
    )
    script = "from locales.catalogue import translate; print(translate('ps', 'My case'))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"},
        check=False,
    )
    assert done.returncode != 0
    assert "The catalogue of ps is not compiled. Run: make catalogues" in done.stderr


def test_each_language_is_named_in_itself() -> None:
    assert set(NAMES) == set(LOCALES)
    assert len(set(NAMES.values())) == len(LOCALES)
