"""The rules of the team's queue and of what may be said, without anybody running."""

import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import news
from desk.answers import may_offer, may_send, menu, suggestions
from desk.desk import Desk, Policy
from desk.queue import may_read, may_take
from desk.roles import LEADING, ROLES, WORKING
from desk.waiting import ENOUGH, expected_wait, target_of
from knowledge.library import Library, Text
from locales import LOCALES
from storage.records import Staff, Ticket

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
    assert may_send(Desk(library=library), text) is on_telegram
    assert may_send(Desk(library=library, only_approved=False), text) is in_the_demo


def test_a_desk_is_strict_unless_told_otherwise(library: Library) -> None:
    assert Desk(library=library).only_approved


def with_one(library: Library, kind: str, name: str, **fields: Any) -> Library:
    """The real knowledge, but for one topic or update."""
    changed = copy.copy(library)
    entries = getattr(library, kind)
    setattr(changed, kind, {**entries, name: replace(entries[name], **fields)})
    return changed


def test_responsive_topics_are_never_suggested(library: Library) -> None:
    usual = Desk(library=library, only_approved=False)
    assert [item["topic"] for item in suggestions(usual, ["newborn", "no-such-topic", "detained"], "ps")] == [
        "newborn",
        "detained",
    ]
    desk = Desk(library=with_one(library, "topics", "newborn", release="responsive"))
    assert [item["topic"] for item in suggestions(desk, ["newborn", "detained"], "ps")] == ["detained"]


def test_a_topic_without_words_to_send_is_not_suggested_but_danger_always_is(library: Library) -> None:
    strict, usual = Desk(library=library), Desk(library=library, only_approved=False)
    newborn, detained = library.topics["newborn"], library.topics["detained"]
    does_something = next(topic for topic in library.topics.values() if not topic.answers and topic.offered)
    for locale in LOCALES:
        assert may_offer(usual, newborn, locale)
        assert not may_offer(strict, newborn, locale)  # it ships as a draft
        assert may_offer(strict, does_something, locale)
        assert may_offer(strict, detained, locale)
        assert may_offer(strict, replace(detained, release="responsive", texts={}), locale)
    assert suggestions(strict, ["newborn", "detained"], "fr") == [
        {"topic": "detained", "title": detained.texts["fr"].title}
    ]


def test_the_menu_offers_each_kind_of_person_what_is_for_them_and_can_be_sent(library: Library) -> None:
    usual = Desk(library=library, only_approved=False)
    for role in ("applicant", "sponsor", "partner", "other"):
        for subject, topics in menu(usual, role, "ps").items():
            for topic in (library.topics[name] for name in topics):
                assert topic.group == subject
                assert topic.audience in ("any", role) or role == "other"
                assert topic.answers
                assert topic.then != "urgent"  # dangers have a button of their own
                assert may_send(usual, topic.texts["ps"])
    for_sponsors = Desk(
        library=with_one(library, "topics", "newborn", audience="sponsor"), only_approved=False
    )
    for role, offered in (("sponsor", True), ("other", True), ("applicant", False), ("partner", False)):
        topics = [topic for group in menu(for_sponsors, role, "ps").values() for topic in group]
        assert ("newborn" in topics) is offered
    assert menu(Desk(library=library), "other", "ps") == {}  # nothing is approved yet


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
