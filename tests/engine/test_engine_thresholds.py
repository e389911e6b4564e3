"""The thresholds as they are shipped."""

from dataclasses import asdict, fields
from importlib.resources import files

import pytest
import yaml

from engine.decide import Thresholds

FILE = yaml.safe_load((files("engine") / "thresholds.yaml").read_text(encoding="utf-8"))
PROBABILITIES = ("answer", "lead", "suggest", "ours", "alarm", "sign_alarm", "calm_alarm", "part")


@pytest.mark.parametrize("name", ["encoder", "lexical"])
def test_what_the_file_says_is_what_counts(name: str) -> None:
    read = asdict(Thresholds.read(name))
    assert read == {**{f.name: f.default for f in fields(Thresholds)}, **FILE[name]}


def test_no_other_engine_is_described() -> None:
    assert set(FILE) == {"encoder", "lexical"}
    with pytest.raises(KeyError):
        Thresholds.read("oracle")


def test_a_key_that_means_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="anser"):
        Thresholds(**{**FILE["encoder"], "anser": 0.9})


@pytest.mark.parametrize("missing", PROBABILITIES)
def test_a_key_that_is_missing_is_named(missing: str) -> None:
    rest = {key: value for key, value in FILE["encoder"].items() if key != missing}
    with pytest.raises(TypeError, match=f"'{missing}'"):
        Thresholds(**rest)


def test_probabilities_are_probabilities() -> None:
    marks = asdict(Thresholds.read("encoder"))
    assert all(0 < marks[key] < 1 for key in PROBABILITIES)
    assert marks["temperature"] > 0
    assert marks["lexical"] >= 0
    assert marks["unlearnt"] < 0


def test_without_the_encoder_nothing_is_ever_sure() -> None:
    marks = Thresholds.read("lexical")
    assert marks.answer > 1
    assert marks.part > 1
    assert all(0 <= value <= 1 for value in (marks.lead, marks.suggest, marks.ours))


@pytest.mark.parametrize("name", ["encoder", "lexical"])
def test_a_sign_asks_for_less_and_a_calm_phrase_for_more(name: str) -> None:
    marks = Thresholds.read(name)
    assert 0 < marks.sign_alarm < marks.alarm < marks.calm_alarm < 1
