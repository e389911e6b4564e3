"""What becomes of a letter, against the local Bot API: arrived, later, never, refused."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from dialogue import Person, World, plain
from telegram import Bot
from telegram.error import RetryAfter

from bot.client import build_client
from bot.delivery import Delivery, Outcome, pause_after, seconds_of
from bot.limits import Limiter
from bot.settings import Settings
from locales.catalogue import translate
from locales.render import Renderer
from storage.records import LEAVE, File, Lane, Letter, Outgoing

ZAHRA, NOBODY, GROUP = 501, 999, -1_000_000_000_777


NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Counting(Limiter):
    """Telegram's limits, a thousand times faster, with a hook for what happens as a message leaves."""

    def __init__(self) -> None:
        super().__init__(lambda: time.monotonic() * 1000)
        self.waits = 0
        self.before: Callable[[int], Awaitable[None]] | None = None  # takes the number of the wait

    async def wait(self, chat_id: int, lane: Lane) -> None:
        await super().wait(chat_id, lane)
        self.waits += 1
        if self.before is not None:
            await self.before(self.waits)


@dataclass
class Post:
    """A delivery at work, and the sandbox's side of it."""

    http: aiohttp.ClientSession
    bot: Bot
    delivery: Delivery
    limiter: Counting

    async def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.http.post(f"/control/{path}", json=body) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"], answer
            return answer

    async def chat(self, chat_id: int = ZAHRA) -> list[dict[str, Any]]:
        async with self.http.get(f"/control/chats/{chat_id}/messages") as response:
            messages = (await response.json())["messages"]
        return [message for message in messages if message["is_bot"]]

    async def sends(self, template: str, chat_id: int = ZAHRA, **more: Any) -> Outcome:
        attempts, pieces_sent = more.pop("attempts", 0), more.pop("pieces_sent", 0)
        is_ours: Callable[[], bool] = more.pop("is_ours", lambda: True)
        fields = {"locale": "en", "values": {}, **more}
        letter = Letter(chat_id=chat_id, template=template, **fields)
        return await self.delivery.deliver(
            Outgoing(id=1, letter=letter, attempts=attempts, pieces_sent=pieces_sent, created_at=NOON),
            is_ours,
        )


async def nothing_kept(_ids: Collection[int]) -> list[File]:
    return []


async def nothing_spoken(_name: str) -> None:
    return None


@pytest.fixture
async def post(api: str, settings: Settings) -> AsyncIterator[Post]:
    """Zahra has started the bot; a group with her in it has let it in."""
    async with aiohttp.ClientSession(api) as http, build_client(settings) as bot:
        limiter = Counting()
        renderer = Renderer(settings.operator, settings.contacts)
        post = Post(http, bot, Delivery(bot, renderer, limiter, nothing_kept, nothing_spoken), limiter)
        await post.control("people", {"id": ZAHRA, "first_name": "Zahra"})
        await post.control(f"people/{ZAHRA}/send", {"text": "/start"})
        await post.control("groups", {"id": GROUP, "title": "Team", "type": "supergroup", "members": [ZAHRA]})
        await post.control(f"people/{ZAHRA}/bot_in_group", {"chat_id": GROUP, "member": True})
        yield post


async def test_a_letter_arrives_with_its_buttons_in_its_language(post: Post) -> None:
    outcome = await post.sends("menu", locale="fr", values={"staff": False})
    (message,) = await post.chat()
    assert outcome == Outcome("arrived", message=message["message_id"])
    assert message["text"].startswith(translate("fr", "What do you want to do?"))
    assert "<b>" in message["html"]
    assert [button["data"] for button in message["keyboard"][0]] == ["danger"]
    assert message["keyboard"][0][0]["text"] != "Somebody is in danger"


@pytest.mark.parametrize("looks", [0, 1])
async def test_a_worker_that_was_taken_for_dead_says_nothing_more(post: Post, looks: int) -> None:
    """It looks when it decides to call, and once more in the step in which the call leaves."""
    left = [True] * looks
    outcome = await post.sends("menu", values={"staff": False}, is_ours=lambda: bool(left and left.pop()))
    assert outcome == Outcome("overtaken")
    assert not left
    assert await post.chat() == []
    assert (await post.sends("menu", values={"staff": False})).kind == "arrived"  # the pool is none the worse


async def test_a_link_leads_to_the_private_chat_of_this_bot(post: Post) -> None:
    assert (
        await post.sends("group_urgent", GROUP, values={"number": "H-1", "language": "ps"})
    ).kind == "arrived"
    (message,) = [m for m in await post.chat(GROUP) if m["kind"] == "text"]
    assert message["keyboard"][0][0]["url"] == f"https://t.me/{post.bot.username}?start=queue"


async def test_who_blocked_the_bot_cannot_be_reached(post: Post) -> None:
    await post.control(f"people/{ZAHRA}/block", {"blocked": True})
    assert (await post.sends("thanks")).kind == "unreachable"


async def test_a_chat_that_does_not_exist_cannot_be_reached(post: Post) -> None:
    assert (await post.sends("thanks", NOBODY)).kind == "unreachable"


async def test_a_group_that_threw_the_bot_out_cannot_be_reached(post: Post) -> None:
    await post.control(f"people/{ZAHRA}/bot_in_group", {"chat_id": GROUP, "member": False})
    assert (await post.sends("group_hello", GROUP)).kind == "unreachable"


async def test_leaving_a_group_is_a_letter_too(post: Post) -> None:
    assert (await post.sends(LEAVE, GROUP)).kind == "arrived"
    assert (await post.sends("group_hello", GROUP)).kind == "unreachable"


async def test_a_message_is_changed_in_its_place(post: Post) -> None:
    await post.sends("forget_ask")
    (asked,) = await post.chat()
    assert (await post.sends("case_none", edit=asked["message_id"])).kind == "arrived"
    (changed,) = await post.chat()
    assert changed["message_id"] == asked["message_id"]
    assert changed["text"] != asked["text"]
    assert changed["keyboard"] != asked["keyboard"]


async def test_the_same_change_again_has_arrived_and_is_no_second_message(post: Post) -> None:
    await post.sends("case_none")
    (shown,) = await post.chat()
    assert (await post.sends("case_none", edit=shown["message_id"])).kind == "arrived"
    assert await post.chat() == [shown]


async def test_a_change_of_a_deleted_message_becomes_a_new_one(post: Post) -> None:
    await post.sends("forget_ask")
    (asked,) = await post.chat()
    await post.bot.delete_message(ZAHRA, asked["message_id"])
    assert (await post.sends("case_none", edit=asked["message_id"])).kind == "arrived"
    (new,) = await post.chat()
    assert new["message_id"] > asked["message_id"]


async def test_telegram_says_how_long_to_wait(post: Post) -> None:
    await post.control("fail", {"how": "429", "count": 1, "method": "sendMessage", "retry_after": 17})
    assert await post.sends("thanks") == Outcome("later", pause=17, error="RetryAfter", away=True)
    assert (await post.sends("thanks")).kind == "arrived"


@pytest.mark.parametrize("how", ["500", "reset"])
async def test_after_a_failure_of_the_way_it_is_tried_later(post: Post, how: str) -> None:
    await post.control("fail", {"how": how, "count": 1, "method": "sendMessage"})
    outcome = await post.sends("thanks")
    assert (outcome.kind, outcome.pause) == ("later", 1)
    assert (await post.sends("thanks")).kind == "arrived"
    assert len(await post.chat()) == 1


async def test_a_failing_edit_is_tried_later_and_not_sent_twice(post: Post) -> None:
    await post.sends("forget_ask")
    (asked,) = await post.chat()
    await post.control("fail", {"how": "500", "count": 1, "method": "editMessageText"})
    assert (await post.sends("case_none", edit=asked["message_id"])).kind == "later"
    assert await post.chat() == [asked]


def test_the_pauses_grow_but_never_beyond_a_minute() -> None:
    pauses = [pause_after(attempts) for attempts in range(200)]
    assert pauses[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert max(pauses) == 60


def test_a_wait_is_read_in_seconds_however_it_is_given() -> None:
    assert seconds_of(RetryAfter(timedelta(seconds=90))) == 90


async def test_a_long_text_arrives_whole_in_pieces_with_the_buttons_under_the_last(post: Post) -> None:
    words = "\n".join(f"{number} کلمه <b>&" for number in range(900))
    values = {"ticket": 1, "number": "H-1001", "state": "open", "case_link": False, "files": 0}
    values["messages"] = [{"author": "person", "at": "2026-11-21", "body": words, "files": 0}]
    assert (await post.sends("ticket_view", locale="fa_AF", values=values)).kind == "arrived"
    messages = await post.chat()
    assert len(messages) > 2
    assert [bool(message["keyboard"]) for message in messages] == [False] * (len(messages) - 1) + [True]
    assert all(len(message["text"].encode("utf-16-le")) // 2 <= 4096 for message in messages)
    everything = plain("\n".join(message["text"] for message in messages))
    assert words in everything


LINES = [f"{number:04} کلمه" for number in range(1800)]
LONG = {
    "ticket": 1,
    "number": "H-1001",
    "state": "open",
    "case_link": False,
    "files": 0,
    "messages": [{"author": "person", "at": "2026-11-21", "body": "\n".join(LINES), "files": 0}],
}


def assert_whole_and_once(messages: list[dict[str, Any]]) -> None:
    """Every line is there, in order, no line twice, and the buttons stand under the last piece."""
    everything = plain("\n".join(message["text"] for message in messages))
    assert re.findall(r"\d{4} کلمه", everything) == LINES
    assert [bool(message["keyboard"]) for message in messages] == [False] * (len(messages) - 1) + [True]


@pytest.mark.parametrize("how", ["429", "500", "reset"])
async def test_a_long_letter_that_was_interrupted_goes_on_after_the_pieces_that_arrived(
    post: Post, how: str
) -> None:
    async def interrupt(wait: int) -> None:
        if wait == 3:
            fault = {"how": how, "count": 1, "method": "sendMessage", "retry_after": 17}
            await post.control("fail", fault)

    post.limiter.before = interrupt
    outcome = await post.sends("ticket_view", locale="fa_AF", values=LONG)
    assert (outcome.kind, outcome.pieces) == ("later", 2)
    assert outcome.pause == (17 if how == "429" else 1)
    arrived = await post.chat()
    assert len(arrived) == 2
    assert not any(message["keyboard"] for message in arrived)

    again = await post.sends("ticket_view", locale="fa_AF", values=LONG, attempts=1, pieces_sent=2)
    messages = await post.chat()
    assert again == Outcome("arrived", message=messages[-1]["message_id"])
    assert len(messages) > 4
    assert messages[:2] == arrived
    assert_whole_and_once(messages)
    assert post.limiter.waits == len(messages) + 1  # each piece keeps to the limits, and so does a vain try


async def test_a_letter_that_is_interrupted_at_every_piece_arrives_whole_all_the_same(post: Post) -> None:
    async def interrupt(wait: int) -> None:
        if wait % 2:
            await post.control("fail", {"how": "500", "count": 1, "method": "sendMessage"})

    post.limiter.before = interrupt
    arrived, tries = 0, 0
    while True:
        outcome = await post.sends(
            "ticket_view", locale="fa_AF", values=LONG, attempts=tries, pieces_sent=arrived
        )
        if outcome.kind == "arrived":
            break
        assert outcome.kind == "later"
        assert outcome.pieces == len(await post.chat())
        arrived, tries = outcome.pieces, tries + 1
    messages = await post.chat()
    assert tries == len(messages)
    assert_whole_and_once(messages)


async def test_what_goes_on_after_a_changed_message_changes_it_no_more(post: Post) -> None:
    await post.sends("thanks")
    (shown,) = await post.chat()
    await post.control("fail", {"how": "429", "count": 1, "method": "sendMessage"})
    edit = {"values": LONG, "edit": shown["message_id"]}
    assert (await post.sends("ticket_view", **edit)).pieces == 1
    assert (await post.sends("ticket_view", **edit, pieces_sent=1)).kind == "arrived"
    messages = await post.chat()
    assert messages[0]["message_id"] == shown["message_id"]
    assert_whole_and_once(messages)


async def test_leaving_waits_for_nobody(post: Post) -> None:
    await post.sends(LEAVE, GROUP)
    assert post.limiter.waits == 0


async def test_a_long_reply_in_the_place_of_a_message_goes_on_in_new_ones(post: Post) -> None:
    await post.sends("thanks")
    (first,) = await post.chat()
    values = {"number": "H-1001", "ticket": 1, "mark": "0123456789ab", "text": "سلام 1\n" * 585}
    values |= {"written": "ps", "asked": "fa_AF", "files": False}
    outcome = await post.sends("staff_preview", locale="ps", values=values, edit=first["message_id"])
    assert outcome.kind == "arrived"
    messages = await post.chat()
    assert messages[0]["message_id"] == first["message_id"]
    assert len(messages) > 1
    assert [bool(message["keyboard"]) for message in messages] == [False] * (len(messages) - 1) + [True]


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("case_card", {}),
        ("no_such_template", {}),
        ("staff_welcome", {"name": "canary", "role": "no such role"}),
        ("update", {"title": "canary", "day": "canary", "body": "", "source": "", "approved": True}),
        ("ticket_opened", {"number": "canary"}),
        ("answer", {"title": "canary", "body": "{{ canary", "answer": 1, "next": []}),
    ],
)
async def test_our_own_mistake_is_refused_at_once_and_quotes_nobody(
    post: Post, template: str, values: dict[str, Any]
) -> None:
    outcome = await post.sends(template, values=values)
    assert outcome.kind == "refused"
    assert "canary" not in outcome.error
    assert " at " in outcome.error
    assert await post.chat() == []


# --- the same within the whole service


async def test_after_a_429_the_reply_comes_when_telegram_asked_and_in_order(
    world: World, karim: Person, luc: Person
) -> None:
    await world.control(
        "fail", {"how": "429", "count": 1, "method": "sendMessage", "chat_id": karim.id, "retry_after": 30}
    )
    await karim.says("/case")
    await karim.says("/privacy")
    await world.settled()
    assert await karim.hears() == []
    await luc.says("/privacy")
    await luc.reads("What is kept about you")  # nobody else waits
    await world.passes(seconds=20)
    assert await karim.hears() == []
    await world.passes(seconds=11)
    heard = await karim.hears()
    assert len(heard) == 2
    assert "Your case" in heard[0]
    assert "What is kept about you" in heard[1]


async def test_a_429_in_the_middle_of_a_long_letter_costs_no_piece_and_doubles_none(
    world: World, karim: Person
) -> None:
    lines = [f"line {number:04}" for number in range(1200)]
    await karim.says("/ask")
    await karim.says("This is the story of my family.\n" + "\n".join(lines[:400]))
    for start in (400, 800):
        await karim.presses("Add something")
        await karim.says("\n".join(lines[start : start + 400]))
    await karim.says("/requests")
    await karim.hears()
    await world.control(
        "fail", {"how": "429", "count": 1, "method": "sendMessage", "chat_id": karim.id, "retry_after": 30}
    )
    await karim.presses("H-1001")
    first = await karim.hears()
    assert len(first) == 1  # it took the place of the list
    assert not first[0].buttons
    await world.passes(seconds=20)
    assert await karim.hears() == []
    await world.passes(seconds=11)
    pieces = [*first, *await karim.hears()]
    assert len(pieces) > 2
    assert re.findall(r"line \d{4}", "\n".join(piece.text for piece in pieces)) == lines
    assert [bool(piece.buttons) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
