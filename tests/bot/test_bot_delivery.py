"""What becomes of a letter, against the local Bot API: arrived, later, never, refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from dialogue import Person, World, plain
from telegram import Bot
from telegram.error import RetryAfter

from bot import service
from bot.delivery import Delivery, Outcome, pause_after, seconds_of
from bot.settings import Settings
from locales.catalogue import translate
from locales.render import Renderer
from storage.records import LEAVE, Letter

ZAHRA, NOBODY, GROUP = 501, 999, -1_000_000_000_777


@dataclass
class Post:
    """A delivery at work, and the sandbox's side of it."""

    http: aiohttp.ClientSession
    bot: Bot
    delivery: Delivery

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
        values = more.pop("values", {})
        return await self.delivery.deliver(
            Letter(
                chat_id=chat_id, locale=more.pop("locale", "en"), template=template, values=values, **more
            ),
            more.pop("attempts", 0),
        )


@pytest.fixture
async def post(api: str, settings: Settings) -> AsyncIterator[Post]:
    """Zahra has started the bot; a group with her in it has let it in."""
    async with aiohttp.ClientSession(api) as http, service.build_bot(settings) as bot:
        post = Post(http, bot, Delivery(bot, Renderer(settings.operator, settings.contacts)))
        await post.control("people", {"id": ZAHRA, "first_name": "Zahra"})
        await post.control(f"people/{ZAHRA}/send", {"text": "/start"})
        await post.control("groups", {"id": GROUP, "title": "Team", "type": "supergroup", "members": [ZAHRA]})
        await post.control(f"people/{ZAHRA}/bot_in_group", {"chat_id": GROUP, "member": True})
        yield post


async def test_a_letter_arrives_with_its_buttons_in_its_language(post: Post) -> None:
    assert await post.sends("menu", locale="fr", values={"staff": False}) == Outcome("arrived")
    (message,) = await post.chat()
    assert message["text"].startswith(translate("fr", "What do you want to do?"))
    assert "<b>" in message["html"]
    assert [button["data"] for button in message["keyboard"][0]] == ["danger"]
    assert message["keyboard"][0][0]["text"] != "Somebody is in danger"


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
    assert await post.sends("thanks") == Outcome("later", pause=17, error="RetryAfter")
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
    values = {"ticket": 1, "number": "H-1001", "state": "open", "case_link": False}
    values["messages"] = [{"author": "person", "at": "2026-11-21", "body": words}]
    assert (await post.sends("ticket_view", locale="fa_AF", values=values)).kind == "arrived"
    messages = await post.chat()
    assert len(messages) > 2
    assert [bool(message["keyboard"]) for message in messages] == [False] * (len(messages) - 1) + [True]
    assert all(len(message["text"].encode("utf-16-le")) // 2 <= 4096 for message in messages)
    everything = plain("\n".join(message["text"] for message in messages))
    assert words in everything


async def test_a_long_reply_in_the_place_of_a_message_goes_on_in_new_ones(post: Post) -> None:
    await post.sends("thanks")
    (first,) = await post.chat()
    values = {"number": "H-1001", "ticket": 1, "text": "سلام 1\n" * 585, "written": "ps", "asked": "fa_AF"}
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
