"""The knowledge: what ships is in order, and each rule of the check finds what it is there for."""

import re
import shutil
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import check
from knowledge.library import FOLDER, KnowledgeError, Library
from knowledge.recording import seconds
from locales import LOCALES

TODAY = date(2026, 11, 21)
KEPT = ("detained", "newborn", "case-status")
NEWS = "2023-10-30-target-met"
URGENT = {
    "detained",
    "deported",
    "life-in-danger",
    "refused-boarding",
    "tajikistan-deadline",
    "visa-expired-pakistan",
}


# --- what ships


def test_what_ships_is_in_order_today(library: Library) -> None:
    assert check(library, TODAY) == []


def test_what_ships_holds_what_the_service_needs(library: Library) -> None:
    assert len(library.urgent) >= 5
    assert library.urgent <= URGENT
    assert len(library.topics) - len(library.urgent) >= 15
    assert len(library.updates) >= 6
    for locale in LOCALES:
        assert all(locale in topic.texts for topic in library.topics.values())
        assert all(locale in update.texts for update in library.updates.values())
        assert set(library.stages[locale]) == set(library.stages["en"])


def test_every_answer_names_its_sources_and_its_day(library: Library) -> None:
    for topic in library.topics.values():
        if topic.answers:
            assert library.sources_of(topic), topic.id
            assert topic.as_of is not None
            assert topic.review_by is not None
    assert all(update.source for update in library.updates.values())


def test_every_danger_has_a_safety_text_with_somebody_to_call(library: Library) -> None:
    for topic_id in library.urgent:
        for locale in LOCALES:
            assert "{{ contacts." in library.topics[topic_id].texts[locale].body, f"{topic_id} {locale}"


def test_nothing_ships_as_approved(library: Library) -> None:
    texts = [text for topic in library.topics.values() for text in topic.texts.values()]
    texts += [text for update in library.updates.values() for text in update.texts.values()]
    assert {text.review for text in texts} == {"unreviewed"}
    assert not any(stage.approved for stages in library.stages.values() for stage in stages.values())


# --- a small copy that is in order, to break


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    keep = {"topics": set(KEPT), "updates": {NEWS}}

    def left_out(directory: str, names: list[str]) -> set[str]:
        wanted = keep.get(Path(directory).name)
        return set(names) - wanted if wanted else {"__pycache__"}

    shutil.copytree(FOLDER, folder, ignore=left_out)
    for topic in KEPT:
        replace(folder / "topics" / topic / "topic.yaml", r"next: \[.*?\]", "next: []")
    return folder


def replace(path: Path, pattern: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(pattern, text), f"{pattern!r} is not in {path.name}"
    path.write_text(re.sub(pattern, lambda _: new, text, count=1), encoding="utf-8")


def findings(folder: Path, today: date = TODAY) -> list[tuple[str, str, bool]]:
    return [(finding.place, finding.text, finding.warning) for finding in check(Library(folder), today)]


def test_the_copy_is_in_order(copy: Path) -> None:
    assert findings(copy) == []


def in_all(copy: Path, topic: str, pattern: str, new: str) -> None:
    for locale in LOCALES:
        replace(copy / "topics" / topic / f"{locale}.md", pattern, new)


END = r"\s*\Z"
CLIP = FOLDER / "topics/processing-time/en.v1.ogg"


def one_placeholder_more(copy: Path) -> None:
    in_all(copy, "newborn", END, "\n## more\nx")
    replace(copy / "topics/newborn/ps.md", r"## more\nx", "## more\n{{ contacts.iom }}")


def recorded(copy: Path, name: str, content: bytes | None = None) -> None:
    (copy / "topics/newborn" / name).write_bytes(CLIP.read_bytes() if content is None else content)


def lasting(seconds: int, pages: int = 0) -> bytes:
    """A recording of so many seconds, with pages of 4 KiB in it; nobody could hear anything."""

    def page(granule: int, body: bytes) -> bytes:
        table = bytes([255] * (len(body) // 255) + [len(body) % 255])
        return struct.pack("<4sBBqIIIB", b"OggS", 0, 0, granule, 1, 0, 0, len(table)) + table + body

    head = page(0, b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48_000, 0, 0))
    return head + page(-1, bytes(4096)) * pages + page(312 + seconds * 48_000, b"end")


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "an unknown fact": (
        lambda copy: replace(copy / "topics/newborn/topic.yaml", r"facts: \[", "facts: [X99, "),
        "topics/newborn",
        "unknown fact X99",
    ),
    "a fact newer than the answer": (
        lambda copy: replace(copy / "topics/detained/topic.yaml", r"as_of: \S+", "as_of: 2020-01-01"),
        "topics/detained",
        r"fact \w+ is newer than the answer",
    ),
    "an unknown follow-up": (
        lambda copy: replace(copy / "topics/newborn/topic.yaml", r"next: \[", "next: [nowhere"),
        "topics/newborn",
        "unknown follow-up nowhere",
    ),
    "an answer without facts": (
        lambda copy: replace(copy / "topics/newborn/topic.yaml", r"facts: .*\n", ""),
        "topics/newborn",
        "an answer needs facts and an as-of date",
    ),
    "an answer without a day": (
        lambda copy: replace(copy / "topics/newborn/topic.yaml", r"as_of: .*\n", ""),
        "topics/newborn",
        "an answer needs facts and an as-of date",
    ),
    "an update with an unknown fact": (
        lambda copy: replace(copy / f"updates/{NEWS}/update.yaml", r"facts: \[", "facts: [X99, "),
        f"updates/{NEWS}",
        "unknown fact X99",
    ),
    "an update of tomorrow": (
        lambda copy: replace(copy / f"updates/{NEWS}/update.yaml", r"date: \S+", "date: 2026-11-22"),
        f"updates/{NEWS}",
        "dated in the future",
    ),
    "a missing language": (
        lambda copy: (copy / "topics/newborn/ps.md").unlink(),
        "topics/newborn",
        "ps is missing",
    ),
    "a placeholder in one language only": (
        lambda copy: replace(copy / "topics/newborn/fr.md", END, ' {{ date("2026-01-01") }}'),
        "topics/newborn/fr.md",
        "its placeholders differ from the English",
    ),
    "a placeholder that means nothing": (
        lambda copy: in_all(copy, "newborn", END, " {{ nobody.knows }}"),
        "topics/newborn/fa_AF.md",
        "its placeholders cannot be filled in",
    ),
    "a day that does not exist": (
        lambda copy: in_all(copy, "newborn", END, ' {{ date("2026-02-30") }}'),
        "topics/newborn/ps.md",
        "its placeholders cannot be filled in",
    ),
    "a placeholder left open": (
        lambda copy: in_all(copy, "newborn", END, " {{ contacts.pakistan }"),
        "topics/newborn/en.md",
        "its placeholders cannot be filled in",
    ),
    "an empty text in one language": (
        lambda copy: replace(copy / "topics/newborn/fr.md", r"(?s)\n---\n.*", "\n---\n"),
        "topics/newborn/fr.md",
        "the body is empty here only",
    ),
    "a text too long": (
        lambda copy: replace(copy / "topics/newborn/en.md", END, " word" * 150),
        "topics/newborn/en.md",
        r"\d+ characters; 700 are allowed",
    ),
    "an update too long": (
        lambda copy: replace(copy / f"updates/{NEWS}/en.md", END, " word" * 130),
        f"updates/{NEWS}/en.md",
        r"\d+ characters; 600 are allowed",
    ),
    "a title too long for a button": (
        lambda copy: replace(copy / "topics/newborn/en.md", r"title: .*", f"title: {'x' * 35}"),
        "topics/newborn/en.md",
        "the title is too long for a button",
    ),
    "an Iranian word": (
        lambda copy: replace(copy / "topics/newborn/fa_AF.md", END, " پروندهٔ شما، پرونده."),
        "topics/newborn/fa_AF.md",
        "«پرونده» is Iranian; Dari says «دوسیه",
    ),
    "an Iranian word in a stage": (
        lambda copy: replace(copy / "stages/fa_AF.yaml", r'name: "', 'name: "پرونده '),
        r"stages/fa_AF.yaml: \w+",
        "«پرونده» is Iranian",
    ),
    "too few questions": (
        lambda copy: (copy / "topics/newborn/questions.yaml").write_text("en: [where is it]\n"),
        "topics/newborn/questions.yaml",
        "en: 1 questions; 15 are needed",
    ),
    "too few questions in Latin script": (
        lambda copy: replace(copy / "topics/newborn/questions.yaml", r"(?s)\nps:.*", "\nps: [سلام]\n"),
        "topics/newborn/questions.yaml",
        "ps: 0 in Latin script; 4 are needed",
    ),
    "the same question in two topics": (
        lambda copy: replace(
            copy / "topics/newborn/questions.yaml", r"\Aen:\n", 'en:\n  - "WHAT is  the status of my casé?"\n'
        ),
        "topics",
        "the same question in case-status, newborn",
    ),
    "a topic without examples": (
        lambda copy: (copy / "topics/newborn/questions.yaml").write_text("# none yet\n"),
        "topics/newborn/questions.yaml",
        "en: 0 questions; 15 are needed",
    ),
    "two topics with nearly the same words": (
        lambda copy: (copy / "topics/newborn/questions.yaml").write_text(
            (copy / "topics/case-status/questions.yaml").read_text().replace('- "', '- "please ')
        ),
        "topics",
        "fr: the examples of case-status and newborn are nearly the same words",
    ),
    "a left-to-right word that stands bare": (
        lambda copy: replace(copy / "topics/newborn/ps.md", END, " Душанбе"),
        "topics/newborn/ps.md",
        "Душанбе stands bare in right-to-left text",
    ),
    "a number that stands bare": (
        lambda copy: replace(copy / "topics/newborn/fa_AF.md", END, " ۳ و ３"),
        "topics/newborn/fa_AF.md",
        "３ stands bare in right-to-left text",
    ),
    "a section in one language only": (
        lambda copy: replace(copy / "topics/newborn/fr.md", END, "\n## sponsor\nDites-le au bureau."),
        "topics/newborn/fr.md",
        "its sections differ from the English",
    ),
    "a placeholder in a section of one language only": (
        one_placeholder_more,
        "topics/newborn/ps.md ## more",
        "its placeholders differ from the English",
    ),
    "an Iranian word in a section": (
        lambda copy: replace(copy / "topics/newborn/fa_AF.md", END, "\n## more\nپروندهٔ شما، پرونده."),
        "topics/newborn/fa_AF.md ## more",
        "«پرونده» is Iranian; Dari says «دوسیه",
    ),
    "an Iranian word in a title": (
        lambda copy: replace(copy / "topics/newborn/fa_AF.md", r"title: .*", "title: گذرنامه"),
        "topics/newborn/fa_AF.md",
        "«گذرنامه» is Iranian",
    ),
    "a number that stands bare in a section": (
        lambda copy: replace(copy / "topics/newborn/ps.md", END, "\n## sponsor\n３"),
        "topics/newborn/ps.md ## sponsor",
        "３ stands bare",
    ),
    "words for sponsors too long": (
        lambda copy: in_all(copy, "newborn", END, "\n## sponsor\n" + "word " * 150),
        "topics/newborn/en.md ## sponsor",
        r"\d+ characters; 700 are allowed",
    ),
    "a longer text too long": (
        lambda copy: in_all(copy, "newborn", END, "\n## more\n" + "word " * 510),
        "topics/newborn/en.md ## more",
        r"\d+ characters; 2500 are allowed",
    ),
    "an update with sections": (
        lambda copy: replace(copy / f"updates/{NEWS}/en.md", END, "\n## more\nx"),
        f"updates/{NEWS}",
        "an update has no sections",
    ),
    "a recording of another version": (
        lambda copy: recorded(copy, "en.v2.ogg"),
        "topics/newborn/en.v2.ogg",
        "no text has this language and version",
    ),
    "a recording that is none": (
        lambda copy: recorded(copy, "en.v1.ogg", content=b"RIFF and so on"),
        "topics/newborn/en.v1.ogg",
        "not OGG Opus",
    ),
    "a recording cut short": (
        lambda copy: recorded(copy, "en.v1.ogg", content=CLIP.read_bytes()[:-1]),
        "topics/newborn/en.v1.ogg",
        "not OGG Opus",
    ),
    "a recording too long": (
        lambda copy: recorded(copy, "en.v1.ogg", content=lasting(181)),
        "topics/newborn/en.v1.ogg",
        "181 seconds; 180 are allowed",
    ),
    "a recording too big": (
        lambda copy: recorded(copy, "en.v1.ogg", content=lasting(60, pages=75)),
        "topics/newborn/en.v1.ogg",
        r"\d+ bytes; 300000 are allowed",
    ),
    "a stage in one language only": (
        lambda copy: replace(copy / "stages/fr.yaml", r"\n  submitted:", "\n  sent:"),
        "stages/fr.yaml",
        "its stages differ from the English",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_check_finds(copy: Path, what: str) -> None:
    break_it, place, text = BROKEN[what]
    break_it(copy)
    found = findings(copy)
    assert any(
        re.fullmatch(place, where) and re.match(text, said) and not warning for where, said, warning in found
    ), found


@pytest.mark.parametrize(
    ("review", "approved"), [("approved", True), ("unreviewed", False), ("Approved", False), ('""', False)]
)
def test_stages_are_approved_together_by_their_file(copy: Path, review: str, approved: bool) -> None:
    replace(copy / "stages/ps.yaml", r"\Areview: .*", f"review: {review}")
    library = Library(copy)
    assert {stage.approved for stage in library.stages["ps"].values()} == {approved}
    assert {stage.approved for stage in library.stages["en"].values()} == {False}


def test_a_review_that_is_due_only_warns(copy: Path) -> None:
    replace(copy / "topics/newborn/topic.yaml", r"review_by: \S+", "review_by: 2026-11-20")
    assert findings(copy) == [("topics/newborn", "the review was due on 2026-11-20", True)]
    assert findings(copy, date(2026, 11, 20)) == []


def test_errors_stand_before_warnings(copy: Path) -> None:
    replace(copy / "topics/case-status/topic.yaml", r"\Z", "review_by: 2026-11-20\n")
    replace(copy / "topics/newborn/topic.yaml", r"next: \[", "next: [nowhere")
    assert [warning for _, _, warning in findings(copy)] == [False, True]


def test_a_text_has_words_for_sponsors_and_more_to_read(copy: Path) -> None:
    in_all(copy, "newborn", END, "\n\n## sponsor\nTell {{ contacts.ircc }}.\n\n## more\nA\n\nB\n")
    assert findings(copy) == []
    text = Library(copy).topics["newborn"].texts["en"]
    assert text.sponsor == "Tell {{ contacts.ircc }}."
    assert text.more == "A\n\nB"
    assert "##" not in text.body
    assert text.words("sponsor") == text.sponsor
    assert {text.words(role) for role in ("applicant", "partner", "other", None)} == {text.body}


def test_without_words_for_sponsors_they_read_what_everybody_reads(copy: Path) -> None:
    text = Library(copy).topics["newborn"].texts["ps"]
    assert text.sponsor is None
    assert text.words("sponsor") == text.body


def test_a_recording_belongs_to_its_version(copy: Path) -> None:
    recorded(copy, "en.v1.ogg")
    assert findings(copy) == []
    assert Library(copy).topics["newborn"].texts["en"].recording == copy / "topics/newborn/en.v1.ogg"
    assert Library(copy).topics["newborn"].texts["fr"].recording is None
    replace(copy / "topics/newborn/en.md", "version: 1", "version: 2")
    assert Library(copy).topics["newborn"].texts["en"].recording is None


def test_the_recording_that_ships_lasts_less_than_a_minute_and_is_small() -> None:
    assert 50 < (seconds(CLIP) or 0) < 51
    assert CLIP.stat().st_size < 100_000


# --- files that cannot be read

UNREADABLE: dict[str, tuple[str, str, str]] = {
    "no front matter": ("topics/newborn/ps.md", "just words", "newborn/ps.md"),
    "a front matter without a title": (
        "topics/newborn/ps.md",
        "---\nreview: approved\nversion: 1\n---\nx",
        "newborn/ps.md lacks 'title'",
    ),
    "a front matter that is no YAML": ("topics/newborn/ps.md", "---\na: [\n---\nx", "newborn/ps.md"),
    "an unknown section": (
        "topics/newborn/ps.md",
        "---\ntitle: x\nreview: x\nversion: 1\n---\nx\n## partner\nx",
        "newborn/ps.md: the section 'partner' is unknown",
    ),
    "a section that is there twice": (
        "topics/newborn/ps.md",
        "---\ntitle: x\nreview: x\nversion: 1\n---\nx\n## more\nx\n## more\nx",
        "newborn/ps.md: the section 'more' is",
    ),
    "an empty section": (
        "topics/newborn/ps.md",
        "---\ntitle: x\nreview: x\nversion: 1\n---\nx\n## more\n\n## sponsor\nx",
        "newborn/ps.md: the section 'more' is",
    ),
    "an empty topic": ("topics/newborn/topic.yaml", "", "newborn/topic.yaml"),
    "a topic without an owner": (
        "topics/newborn/topic.yaml",
        "then: answer\ngroup: x\naudience: any\nrelease: key\n",
        "newborn/topic.yaml lacks 'owner'",
    ),
    "a day that is none": (
        "topics/newborn/topic.yaml",
        "then: answer\ngroup: x\naudience: any\nrelease: key\nowner: x\nas_of: soon\n",
        "newborn/topic.yaml: a day such as 2026-11-21 is expected, not 'soon'",
    ),
    "a day that does not exist": ("topics/newborn/topic.yaml", "as_of: 2026-02-30\n", "newborn/topic.yaml"),
    "questions that are no YAML": ("topics/newborn/questions.yaml", "a: b: c", "newborn/questions.yaml"),
    "an update without a date": (
        f"updates/{NEWS}/update.yaml",
        "release: key\n",
        f"{NEWS}/update.yaml lacks",
    ),
    "facts without a source": (
        "facts.yaml",
        "- {id: P01, statement: x, as_of: 2020}\n",
        "knowledge/facts.yaml lacks 'source'",
    ),
    "a stage with a field too few": (
        "stages/fr.yaml",
        "review: approved\nstages: {submitted: {name: x}}\n",
        "stages/fr.yaml",
    ),
    "stages without a word on their review": (
        "stages/fr.yaml",
        "stages: {}\n",
        "stages/fr.yaml lacks 'review'",
    ),
    "a review without stages": ("stages/fr.yaml", "review: approved\n", "stages/fr.yaml lacks 'stages'"),
    "stages that are a list": ("stages/fr.yaml", "review: x\nstages: [a]\n", "stages/fr.yaml"),
    "empty stages": ("stages/fr.yaml", "", "stages/fr.yaml"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(copy: Path, what: str) -> None:
    name, content, said = UNREADABLE[what]
    (copy / name).write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=re.escape(said)):
        Library(copy)


def test_a_file_that_is_missing_or_no_text_is_named(copy: Path) -> None:
    (copy / "facts.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnowledgeError, match=r"knowledge/facts\.yaml"):
        Library(copy)
    (copy / "facts.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"knowledge/facts\.yaml"):
        Library(copy)
