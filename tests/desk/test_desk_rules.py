"""The rules of the team's queue and of what may be said, without the service running."""

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import news
from desk.answers import answer_values, may_offer, menu, titled
from desk.desk import Desk, Policy
from desk.news import may_send
from desk.queue import may_read, may_take
from desk.review import decision_refusal, version_of
from desk.roles import LEADING, ROLES, WORKING
from desk.texts import sendable, text_of
from desk.waiting import ENOUGH, expected_wait, target_of
from knowledge.library import Library, Text
from locales import LOCALES
from storage.database import Database
from storage.records import Revision, Staff, Ticket

AIM = timedelta(hours=72)
WAITS = st.lists(st.floats(min_value=0, max_value=1e7), max_size=50)


def test_without_experience_the_aim_is_told_as_an_aim() -> None:
    assert expected_wait([], AIM) == (72 * 3600, False)
    assert expected_wait([60.0] * (ENOUGH - 1), AIM) == (72 * 3600, False)


def test_with_experience_it_is_what_four_in_five_took() -> None:
    assert expected_wait([60, 10, 50, 20, 30.0], AIM) == (50, True)
    assert expected_wait([float(n) for n in range(1, 101)], AIM) == (80, True)


@given(WAITS)
def test_most_people_really_waited_no_longer_than_is_told(waits: list[float]) -> None:
    told, measured = expected_wait(waits, AIM)
    assert measured == (len(waits) >= ENOUGH)
    if measured:
        assert sum(wait <= told for wait in waits) >= 0.8 * len(waits)
        assert told in waits


def test_urgent_requests_have_an_aim_of_their_own() -> None:
    policy = Policy()
    assert target_of(policy, urgent=True) < target_of(policy, urgent=False)


# --- who may read a request

SARAH, FARID, MINA = 1, 2, 3
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ZAHRAS = Ticket(
    id=1,
    person_id=9,
    topic=None,
    locale="fa_AF",
    role="applicant",
    urgent=False,
    link_id=None,
    state="open",
    assignee_id=None,
    opened_at=NOON,
    waiting_since=NOON,
    due_at=NOON,
    overdue_told_at=None,
    called_at=None,
    first_reply_at=None,
)


def member(person_id: int, role: str) -> Staff:
    return Staff(person_id=person_id, role=role, languages=("en",), name="x")


@pytest.mark.parametrize("role", ROLES)
def test_a_free_request_and_ones_own_are_read_by_everybody_who_works(role: str) -> None:
    assert may_read(member(FARID, role), ZAHRAS)
    assert may_read(member(FARID, role), replace(ZAHRAS, assignee_id=FARID, state="taken"))


def test_another_members_request_is_read_by_leads_alone() -> None:
    taken = replace(ZAHRAS, assignee_id=FARID, state="taken")
    assert [role for role in ROLES if may_read(member(MINA, role), taken)] == list(LEADING)


TAKEN = replace(ZAHRAS, assignee_id=FARID, state="taken")


@pytest.mark.parametrize("role", WORKING)
def test_what_nobody_holds_anybody_may_take(role: str) -> None:
    assert may_take(member(MINA, role), ZAHRAS)


@pytest.mark.parametrize("state", ["taken", "answered"])
def test_what_a_colleague_holds_leads_alone_may_take_over(state: str) -> None:
    held = replace(TAKEN, state=state)
    assert [role for role in WORKING if may_take(member(MINA, role), held)] == list(LEADING)


@pytest.mark.parametrize("role", WORKING)
@pytest.mark.parametrize("ticket", [TAKEN, replace(TAKEN, state="answered"), replace(TAKEN, state="closed")])
def test_what_one_holds_or_what_is_closed_is_not_taken_again(role: str, ticket: Ticket) -> None:
    assert not may_take(member(FARID, role), ticket)
    if ticket.state == "closed":
        assert not may_take(member(MINA, role), ticket)


def test_editors_and_approvers_do_not_work_on_the_queue() -> None:
    assert set(ROLES) - set(WORKING) == {"editor", "approver"}
    assert set(LEADING) < set(WORKING)


# --- what may be said

UNREVIEWED = Text(title="t", body="b", review="unreviewed", version=1)
APPROVED = replace(UNREVIEWED, review="approved")


@pytest.mark.parametrize(
    ("text", "on_telegram", "in_the_demo"),
    [
        (APPROVED, True, True),
        (UNREVIEWED, False, True),
        (replace(APPROVED, review="Approved "), False, True),
        (replace(APPROVED, body=""), False, False),
        (None, False, False),
    ],
)
def test_on_telegram_only_approved_words_leave(
    library: Library, text: Text | None, on_telegram: bool, in_the_demo: bool
) -> None:
    strict, usual = Desk(library=library), Desk(library=library, only_approved=False)
    assert may_send(strict, text) is on_telegram
    assert may_send(usual, text) is in_the_demo
    topic = replace(library.topics["newborn"], texts={"ps": text} if text else {})
    assert topic.review_by is not None
    for today, stale in ((topic.review_by, False), (topic.review_by + timedelta(days=1), True)):
        assert (sendable(strict, topic, "ps", None, today) is not None) is (on_telegram and not stale)
        shown = sendable(usual, topic, "ps", None, today)
        assert (shown is not None) is in_the_demo
        assert shown is None or shown.approved is (on_telegram and not stale)  # else with the label


def test_a_desk_is_strict_unless_told_otherwise(library: Library) -> None:
    assert Desk(library=library).only_approved


REVISION = Revision(
    id=1,
    topic="newborn",
    locale="ps",
    version=7,
    title="t2",
    body="b2",
    sponsor="s2",
    more=None,
    state="approved",
    proposed_by=1,
    proposed_at=datetime(2026, 11, 1, tzinfo=UTC),
    decided_by=2,
    decided_at=datetime(2026, 11, 1, tzinfo=UTC),
    review_by=date(2027, 5, 1),
)


@pytest.mark.parametrize("only_approved", [True, False])
def test_words_that_the_team_approved_go_before_those_of_the_file(
    library: Library, only_approved: bool
) -> None:
    desk = Desk(library=library, only_approved=only_approved)
    topic = replace(library.topics["newborn"], texts={"ps": APPROVED})
    text = sendable(desk, topic, "ps", REVISION, date(2027, 5, 1))
    assert text is not None
    assert (text.title, text.version, text.approved) == ("t2", 7, True)
    assert (text.words("sponsor"), text.words("applicant")) == ("s2", "b2")
    # Their review is overdue: the file's own approval does not bring older words back.
    late = sendable(desk, topic, "ps", REVISION, date(2027, 5, 2))
    assert late is None if only_approved else late is not None and not late.approved


def test_a_recording_goes_along_with_the_words_that_it_says_and_no_others(library: Library) -> None:
    draft = library.topics["processing-time"].texts["en"]
    assert draft.recording is not None
    same = replace(
        REVISION, title=draft.title, body=draft.body, sponsor=draft.sponsor, more=draft.more, version=1
    )
    assert text_of(same, draft).recording == draft.recording
    assert text_of(replace(same, body="b2"), draft).recording is None
    assert text_of(replace(same, version=2), draft).recording is None


@pytest.mark.parametrize(
    ("words", "earlier", "version"),
    [
        ("file", {}, 3),  # the file's own number
        ("other", {}, 4),
        ("other", {"file": 3}, 4),
        ("other", {"file": 3, "third": 4}, 5),
        ("other", {"other": 4, "third": 5}, 4),  # the same words have the same number
        ("file", {"third": 3}, 4),  # taken by words of the chat
    ],
)
def test_a_version_is_the_name_of_some_words(words: str, earlier: dict[str, int], version: int) -> None:
    said = [replace(UNREVIEWED, body=body, version=number) for body, number in earlier.items()]
    draft = replace(UNREVIEWED, body="file", version=3)
    assert version_of(replace(UNREVIEWED, body=words), draft, said) == version


EDITOR = Staff(person_id=1, role="editor", languages=("en", "ps"), name="Nadia")
PROPOSED = replace(REVISION, state="proposed", proposed_by=1)


@pytest.mark.parametrize(
    ("member", "refused"),
    [
        (replace(EDITOR, person_id=2, role="approver"), None),
        (replace(EDITOR, person_id=2, role="lead"), None),
        (replace(EDITOR, person_id=2, role="admin"), None),
        (replace(EDITOR, person_id=2), "role"),
        (replace(EDITOR, person_id=2, role="agent"), "role"),
        (replace(EDITOR, person_id=2, role="approver", languages=("en",)), "language"),
        (replace(EDITOR, role="approver"), "own"),
        (replace(EDITOR, role="admin"), "own"),
    ],
)
def test_words_are_approved_by_somebody_else_who_may_and_has_the_language(
    member: Staff, refused: str | None
) -> None:
    assert decision_refusal(member, PROPOSED) == refused
    for state in ("approved", "returned", "replaced"):
        assert decision_refusal(member, replace(PROPOSED, state=state)) == "changed"


def with_one(library: Library, kind: str, name: str, **fields: Any) -> Library:
    """The real knowledge, but for one topic or update."""
    changed = copy.copy(library)
    entries = getattr(library, kind)
    setattr(changed, kind, {**entries, name: replace(entries[name], **fields)})
    return changed


def may_be_sent(desk: Desk, locale: str) -> dict[str, Text]:
    """The words that may be sent while nobody has approved anything in the chat."""
    today = date(2026, 11, 21)
    found = {topic.id: sendable(desk, topic, locale, None, today) for topic in desk.library.topics.values()}
    return {topic: text for topic, text in found.items() if text is not None}


def offered(desk: Desk, topics: list[str], locale: str) -> list[str]:
    return [item["topic"] for item in titled(desk, may_be_sent(desk, locale), topics, locale)]


def test_responsive_topics_are_never_suggested(library: Library) -> None:
    usual = Desk(library=library, only_approved=False)
    assert offered(usual, ["newborn", "no-such-topic", "detained"], "ps") == ["newborn", "detained"]
    desk = Desk(library=with_one(library, "topics", "newborn", release="responsive"), only_approved=False)
    assert offered(desk, ["newborn", "detained"], "ps") == ["detained"]


def test_a_topic_without_words_to_send_is_not_suggested_but_danger_always_is(library: Library) -> None:
    strict, usual = Desk(library=library), Desk(library=library, only_approved=False)
    newborn, detained = library.topics["newborn"], library.topics["detained"]
    does_something = next(topic for topic in library.topics.values() if not topic.answers and topic.offered)
    for locale in LOCALES:
        assert may_offer(newborn, may_be_sent(usual, locale))
        assert not may_offer(newborn, may_be_sent(strict, locale))  # it ships as a draft
        assert may_offer(does_something, {})
        assert may_offer(detained, {})
        assert may_offer(replace(detained, release="responsive", texts={}), {})
    assert titled(strict, may_be_sent(strict, "fr"), ["newborn", "detained"], "fr") == [
        {"topic": "detained", "title": detained.texts["fr"].title}
    ]


def test_what_is_suggested_has_the_title_that_was_approved(library: Library) -> None:
    approved = {"newborn": replace(APPROVED, title="In the words of the team")}
    assert titled(Desk(library=library), approved, ["newborn"], "fr") == [
        {"topic": "newborn", "title": "In the words of the team"}
    ]


def test_a_sponsor_reads_the_words_for_sponsors(library: Library) -> None:
    desk, topic = Desk(library=library), library.topics["newborn"]
    approved = {"newborn": replace(APPROVED, sponsor="for sponsors")}
    for role, body in (("sponsor", "for sponsors"), ("applicant", "b"), ("partner", "b"), (None, "b")):
        assert answer_values(desk, topic, approved, "en", role)["body"] == body


async def test_the_menu_offers_each_kind_of_person_what_is_for_them_and_can_be_sent(
    database: Database, library: Library
) -> None:
    usual = Desk(library=library, only_approved=False)
    for_sponsors = replace(usual, library=with_one(library, "topics", "newborn", audience="sponsor"))
    async with database.read(datetime(2026, 11, 21, tzinfo=UTC)) as tx:
        for role in ("applicant", "sponsor", "partner", "other"):
            for subject, items in (await menu(usual, tx, role, "ps")).items():
                for topic in (library.topics[item["topic"]] for item in items):
                    assert topic.group == subject
                    assert topic.audience in ("any", role) or role == "other"
                    assert topic.answers
                    assert topic.then != "urgent"  # dangers have a button of their own
        for role, shown in (("sponsor", True), ("other", True), ("applicant", False), ("partner", False)):
            subjects = await menu(for_sponsors, tx, role, "ps")
            topics = [item["topic"] for items in subjects.values() for item in items]
            assert ("newborn" in topics) is shown
        assert await menu(Desk(library=library), tx, "other", "ps") == {}  # nothing is approved yet


def ids(desk: Desk, role: str | None = "applicant", locale: str = "en") -> list[str]:
    return [item["id"] for item in news.listed(desk, locale, role)]


@pytest.mark.parametrize("locale", LOCALES)
def test_news_is_newest_first_and_each_can_be_read(library: Library, locale: str) -> None:
    desk = Desk(library=library, only_approved=False)
    listed = ids(desk, locale=locale)
    days = [library.updates[update].day for update in listed]
    assert len(listed) >= 6
    assert days == sorted(days, reverse=True)
    assert all(news.values(desk, update, locale, "applicant") for update in listed)


def test_on_telegram_only_approved_news_is_listed_or_read(library: Library) -> None:
    name = next(iter(library.updates))
    texts = library.updates[name].texts
    drafts = {locale: replace(text, review="unreviewed") for locale, text in texts.items()}
    approved = {**drafts, "en": replace(texts["en"], review="approved")}
    desk = Desk(library=with_one(library, "updates", name, texts=approved))
    assert name in ids(desk)
    assert news.values(desk, name, "en") is not None
    assert news.values(desk, name, "fr") is None
    assert name not in ids(desk, locale="fr")
    assert news.values(desk, "no-such-update", "en") is None


def test_news_for_one_role_is_not_listed_for_another(library: Library) -> None:
    name = next(iter(library.updates))
    desk = Desk(library=with_one(library, "updates", name, audience="sponsor"), only_approved=False)
    assert name in ids(desk, "sponsor")
    assert news.values(desk, name, "en", "sponsor") is not None
    for role in ("applicant", "partner", "other", None):
        assert name not in ids(desk, role)
        assert news.values(desk, name, "en", role) is None


def test_responsive_news_is_not_listed_but_answers_who_asks(library: Library) -> None:
    name = next(iter(library.updates))
    desk = Desk(library=with_one(library, "updates", name, release="responsive"), only_approved=False)
    assert name not in ids(desk)
    assert news.values(desk, name, "en") is not None
