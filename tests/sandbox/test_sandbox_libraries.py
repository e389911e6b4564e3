"""Bots written with two libraries, polling and behind a webhook, take the sandbox for Telegram."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot as AiogramBot
from aiogram import Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
)
from aiogram.types import Message as AiogramMessage
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from sandbox_room import AMINA, TOKEN, Room
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import InputMediaPhoto as Picture
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from sandbox.files import picture

SECRET = "invented-secret"


async def reads(room: Room, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Look at Amina's chat until it is as wanted."""
    async with asyncio.timeout(30):
        while True:
            messages = await room.chat(AMINA)
            if wanted(messages):
                return messages
            await asyncio.sleep(0.01)


async def amina_talks(room: Room) -> None:
    """Amina chooses a language, sends a picture, and gets it back twice."""
    await room.says(AMINA, "/start")
    asked = (await reads(room, lambda chat: bool(chat[-1]["keyboard"])))[-1]
    assert (asked["html"], asked["keyboard"]) == (
        "<b>Which language?</b>",
        [[{"text": "دری", "data": "dari"}]],
    )
    await room.presses(AMINA, asked["message_id"], "dari")
    edited = (await reads(room, lambda chat: not chat[-1]["keyboard"]))[-1]
    assert (edited["message_id"], edited["html"]) == (asked["message_id"], "<i>دری</i>")
    (answer,) = await room.events("answer")
    assert (answer["text"], answer["from_id"]) == ("Chosen", AMINA)

    await room.sends(AMINA, photo=True, caption="My letter")
    *_, first, second = await reads(room, lambda chat: chat[-1].get("media_group_id") is not None)
    assert first["media_group_id"] == second["media_group_id"]
    assert first["caption"] == f"{len(picture())} bytes"
    async with room.http.get(second["file_url"]) as response:
        assert await response.read() == picture()
    assert (await room.control("updates"))["pending"] <= 1, "a poll confirms the last one with its next call"


# --- aiogram


def aiogram_bot(address: str) -> AiogramBot:
    return AiogramBot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))


def aiogram_handlers() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message(F.text == "/start")
    async def start(message: AiogramMessage) -> None:
        keyboard = [[InlineKeyboardButton(text="دری", callback_data="dari")]]
        await message.answer(
            "<b>Which language?</b>",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=keyboard),
        )

    @dispatcher.callback_query(F.data == "dari")
    async def choose(query: CallbackQuery) -> None:
        await query.answer("Chosen")
        assert isinstance(query.message, AiogramMessage)
        await query.message.edit_text("_دری_", parse_mode="MarkdownV2")

    @dispatcher.message(F.photo)
    async def look(message: AiogramMessage, bot: AiogramBot) -> None:
        assert message.photo is not None
        data = await bot.download(message.photo[-1])
        assert data is not None
        content = data.read()
        known = InputMediaPhoto(media=message.photo[-1].file_id, caption=f"{len(content)} bytes")
        new = InputMediaPhoto(media=BufferedInputFile(content, "again.png"))
        await message.answer_media_group([known, new])

    return dispatcher


@asynccontextmanager
async def aiogram_polling(address: str) -> AsyncIterator[None]:
    bot, dispatcher = aiogram_bot(address), aiogram_handlers()
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=True, polling_timeout=5)
    )
    yield
    await dispatcher.stop_polling()
    await polling


@asynccontextmanager
async def aiogram_behind_a_webhook(address: str) -> AsyncIterator[None]:
    app = web.Application()
    bot = aiogram_bot(address)
    SimpleRequestHandler(aiogram_handlers(), bot, secret_token=SECRET).register(app, path="/hook")
    async with listening(app) as here, bot:
        await bot.set_webhook(f"{here}/hook", secret_token=SECRET)
        yield
        await bot.delete_webhook()


# --- python-telegram-bot


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_html(
        "<b>Which language?</b>", reply_markup=Keyboard([[Button("دری", callback_data="dari")]])
    )


async def choose(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Chosen")
    await update.callback_query.edit_message_text("_دری_", "MarkdownV2")


async def look(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    photo = update.message.photo[-1]
    content = bytes(await (await photo.get_file()).download_as_bytearray())
    await update.message.reply_media_group(
        [Picture(photo.file_id, caption=f"{len(content)} bytes"), Picture(content)]
    )


def application(address: str) -> Any:
    builder = Application.builder().token(TOKEN)
    builder = builder.base_url(f"{address}/bot").base_file_url(f"{address}/file/bot")
    # Certificates take longest to load, and nobody needs them on loopback.
    builder = builder.request(HTTPXRequest(httpx_kwargs={"verify": False}))
    app = builder.get_updates_request(HTTPXRequest(httpx_kwargs={"verify": False})).build()
    app.add_handler(MessageHandler(filters.COMMAND, start))
    app.add_handler(CallbackQueryHandler(choose, "^dari$"))
    app.add_handler(MessageHandler(filters.PHOTO, look))
    return app


@asynccontextmanager
async def ptb_polling(address: str) -> AsyncIterator[None]:
    app = application(address)
    async with app:
        await app.start()
        await app.updater.start_polling(timeout=5)
        yield
        await app.updater.stop()
        await app.stop()


@asynccontextmanager
async def ptb_behind_a_webhook(address: str) -> AsyncIterator[None]:
    app = application(address)

    # The library's own receiver needs one more package; this is what it does.
    async def take(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        await app.update_queue.put(Update.de_json(await request.json(), app.bot))
        return web.Response()

    receiver = web.Application()
    receiver.router.add_post("/hook", take)
    async with listening(receiver) as here, app:
        await app.start()
        await app.bot.set_webhook(f"{here}/hook", secret_token=SECRET)
        yield
        await app.bot.delete_webhook()
        await app.stop()


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """A bot's own server, at any free port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    "running", [aiogram_polling, aiogram_behind_a_webhook, ptb_polling, ptb_behind_a_webhook]
)
async def test_amina_talks_with_a_stock_bot(
    room: Room, running: Callable[[str], AbstractAsyncContextManager[None]]
) -> None:
    async with running(room.address):
        await amina_talks(room)


async def test_aiogram_reads_every_object(room: Room) -> None:
    async with aiogram_bot(room.address) as bot:
        me = await bot.get_me()
        assert (me.is_bot, me.username) == (True, "sandbox_bot")
        chat = await bot.get_chat(AMINA)
        assert (chat.first_name, chat.max_reaction_count) == ("Amina", 11)
        await room.sends(AMINA, voice=3)
        await room.sends(AMINA, document="letter.pdf")
        await room.sends(AMINA, sticker="👍")
        await room.sends(AMINA, location=True)
        await room.sends(AMINA, contact=True, forward=True)
        await room.control(f"people/{AMINA}/block", {"blocked": True})
        kinds = [update.event_type for update in await bot.get_updates()]
        assert kinds == ["message"] * 5 + ["my_chat_member"]
