"""The webhook: only Telegram comes in, 200 means stored, and no strange update holds up the others."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from bot_door import SECRET, ZAHRA, Door, door, file_of, message, mislaid, somebody_writing

from bot.raw import KINDS
from bot.settings import Settings
from bot.webhook import PROOF
from storage.database import Database


@pytest.fixture
async def open_door(settings: Settings, database: Database) -> AsyncIterator[Door]:
    """The door, with a little less patience than in life."""
    async with door(settings, database, patience=2.0) as opened:
        yield opened


async def posts(opened: Door, status: int) -> float:
    """How many posts were answered with this status."""
    value = opened.metrics.registry.get_sample_value("hamrah_webhook_posts_total", {"status": str(status)})
    assert value is not None
    return value


# --- who may come in


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {PROOF: ""},
        {PROOF: "another-secret-than-the-one-we-share"},
        {PROOF: SECRET[:-1]},
        {PROOF: SECRET + "x"},
        {PROOF: SECRET.upper()},
        {"Authorization": SECRET},
    ],
)
async def test_karim_who_does_not_know_the_secret_stores_nothing(
    open_door: Door, headers: dict[str, str]
) -> None:
    assert await open_door.post(message(1), headers=headers) == 401
    assert await open_door.stored() == []
    assert await posts(open_door, 401) == 1


async def test_a_secret_of_odd_bytes_is_a_wrong_secret(open_door: Door) -> None:
    host, port = open_door.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        + PROOF.encode()
        + b": \xff\xfe\r\n\r\n{}"
    )
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()


async def test_who_knows_the_secret_comes_in(open_door: Door) -> None:
    assert await open_door.post(message(1)) == 200
    assert await open_door.stored() == [1]
    assert await posts(open_door, 200) == 1


async def test_there_is_no_other_door(open_door: Door) -> None:
    proof = {PROOF: SECRET}
    async with open_door.http.get(f"{open_door.address}/telegram", headers=proof) as response:
        assert response.status == 405
    for path in ("", "/", "/telegram/", "/telegram/x", "/metrics/x"):
        async with open_door.http.post(f"{open_door.address}{path}", headers=proof, json={}) as response:
            assert response.status == 404


# --- what may come in


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b'{"update_id": 1',
        b"\xff\xfe\xfa",
        b"[]",
        b"1",
        b"null",
        b'"update_id"',
        b"{}",
        b'{"message": {}}',
        b'{"update_id": null}',
        b'{"update_id": "1"}',
        b'{"update_id": 1.5}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b'{"update_id": 1, "message": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"update_id": 1, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda body: f"{body[:40]!r} {len(body)}",
)
async def test_what_is_no_update_is_refused_and_not_stored(open_door: Door, body: bytes) -> None:
    assert await open_door.post(body) == 400
    assert await open_door.stored() == []
    assert await open_door.post(message(2)) == 200  # the next comes in all the same


STRANGE = [
    {},  # of a kind that is not named
    {"a_kind_of_tomorrow": {"chat": {"id": ZAHRA}}},
    {"message": "no object"},
    {"message": {"chat": {"id": 2**70}, "from": {"id": -(2**63) - 1}, "text": "far out"}},
    {"message": {"chat": {"id": True}, "text": 17}},
    {"message": {"chat": {"id": ZAHRA}, "text": "\ud800 alone"}},
    {"message": {"chat": {"id": ZAHRA}, "text": "\x00 nothing"}},
    {"message": {"chat": {"id": ZAHRA}, "date": float("nan")}},
    {"callback_query": {"id": 17}},
]


@pytest.mark.parametrize("strange", STRANGE, ids=lambda strange: str(strange)[:40].encode("ascii", "replace"))
async def test_an_update_that_nobody_can_read_is_taken_so_that_it_does_not_come_forever(
    open_door: Door, strange: dict[str, Any]
) -> None:
    strange = {"update_id": 1, **strange}
    together = [open_door.post(each) for each in (strange, message(2), message(3))]
    assert await asyncio.gather(*together) == [200, 200, 200]
    assert await open_door.stored() == [1, 2, 3]


async def test_a_post_that_is_too_large_is_refused(open_door: Door) -> None:
    large = json.dumps(message(1, "x" * 1024 * 1024)).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    async with open_door.http.post(
        f"{open_door.address}/telegram", data=io.BytesIO(large), headers={PROOF: SECRET}
    ) as response:
        assert response.status == 413
    async with open_door.http.post(
        f"{open_door.address}/telegram", data=in_pieces(), headers={PROOF: SECRET}
    ) as response:
        assert response.status == 413
    packed = {PROOF: SECRET, "Content-Encoding": "gzip"}
    assert await open_door.post(gzip.compress(large), headers=packed) == 413
    assert await open_door.post(b"not packed at all", headers=packed) == 400
    assert await open_door.stored() == []
    assert await open_door.post(message(2, "x" * 100_000)) == 200


async def test_a_post_that_breaks_off_stores_nothing_and_fails_nobody(
    open_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = open_door.address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n{PROOF}: {SECRET}\r\n\r\n"
    writer.write(head.encode() + b'{"update_id": 1')
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await asyncio.sleep(0.1)
    assert await open_door.post(message(2)) == 200
    assert await open_door.stored() == [2]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# --- when it is stored


async def test_telegram_hears_200_only_after_the_commit(open_door: Door, settings: Settings) -> None:
    with somebody_writing(settings):
        post = asyncio.create_task(open_door.post(message(1)))
        await asyncio.sleep(0.3)
        assert not post.done()
        assert await open_door.stored() == []
    assert await post == 200
    assert await open_door.stored() == [1]


async def test_the_same_update_again_is_one_row(open_door: Door) -> None:
    assert await asyncio.gather(*(open_door.post(message(1)) for _ in range(5))) == [200] * 5
    assert await open_door.post(message(1, "another text")) == 200
    assert await open_door.stored() == [1]


async def test_posts_that_come_together_share_a_commit(open_door: Door, settings: Settings) -> None:
    with somebody_writing(settings):
        together = [asyncio.create_task(open_door.post(message(number))) for number in range(60)]
        await asyncio.sleep(0.5)
    assert await asyncio.gather(*together) == [200] * 60
    with file_of(settings) as rows:
        commits = rows.execute("SELECT count(DISTINCT received_at) FROM inbox").fetchone()
    assert commits[0] <= 3  # of the first, of those that came meanwhile, perhaps of a latecomer


async def test_while_the_database_fails_telegram_is_asked_to_come_again(
    open_door: Door, settings: Settings
) -> None:
    async with mislaid(settings, "inbox"):
        assert await open_door.post(message(1)) == 503
    assert await open_door.post(message(1)) == 200
    assert await open_door.stored() == [1]
    _, page = await open_door.get("metrics")
    assert "hamrah_database_errors_total 1.0" in page


async def test_while_the_database_is_slow_telegram_hears_so_before_it_loses_patience(
    settings: Settings, database: Database
) -> None:
    async with door(settings, database, patience=0.5) as opened:
        with somebody_writing(settings):
            async with asyncio.timeout(9):
                assert await opened.post(message(1)) == 503
                assert await opened.post(message(2)) == 503
        assert await opened.post(message(1)) == 200  # it came again
        assert await opened.post(message(2)) == 200
        assert await opened.stored() == [1, 2]


async def test_while_we_stop_telegram_is_asked_to_come_again(open_door: Door) -> None:
    open_door.health.stopping = True
    assert await open_door.post(message(1)) == 503
    assert await open_door.stored() == []


# --- buttons


async def act(api: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with aiohttp.ClientSession(api) as http, http.post(f"/{path}", json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert answer["ok"], answer
        return answer


async def pressed(api: str) -> dict[str, Any]:
    """The update of Zahra's press on a button, taken from the local Bot API by hand."""
    await act(api, "control/people", {"id": ZAHRA, "first_name": "Zahra"})
    await act(api, f"control/people/{ZAHRA}/send", {"text": "/start"})
    markup = {"inline_keyboard": [[{"text": "A button", "callback_data": "menu"}]]}
    sent = await act(
        api, "bot1000:demo/sendMessage", {"chat_id": ZAHRA, "text": "Choose", "reply_markup": markup}
    )
    press = {"message_id": sent["result"]["message_id"], "data": "menu"}
    await act(api, f"control/people/{ZAHRA}/press", press)
    updates = await act(api, "bot1000:demo/getUpdates", {"allowed_updates": KINDS})
    update: dict[str, Any] = updates["result"][-1]
    assert update["callback_query"]["data"] == "menu"
    return update


async def spinners_ended(api: str) -> int:
    async with aiohttp.ClientSession(api) as http, http.get("/control/transcript") as response:
        return sum(event["type"] == "answer" for event in (await response.json())["events"])


async def test_a_pressed_button_is_acknowledged_once_it_is_stored(
    api: str, open_door: Door, settings: Settings
) -> None:
    press = await pressed(api)
    async with mislaid(settings, "inbox"):
        assert await open_door.post(press) == 503
    await asyncio.sleep(0.1)
    assert await spinners_ended(api) == 0
    assert await open_door.post(press) == 200
    async with asyncio.timeout(30):
        while not await spinners_ended(api):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_acknowledgement_that_fails_is_counted_and_nothing_else(api: str, open_door: Door) -> None:
    press = await pressed(api)
    await act(api, "control/fail", {"how": "429", "count": 1, "method": "answerCallbackQuery"})
    assert await open_door.post(press) == 200
    sample = open_door.metrics.registry.get_sample_value
    async with asyncio.timeout(30):
        while not sample("hamrah_acknowledgements_failed_total"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert sample("hamrah_throttled_total") == 1
