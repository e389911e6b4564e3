"""One letter to one chat: rendered, sent, and the outcome told apart into arrived, later, never, moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.limits import Limiter, Stopping
from bot.log import where
from handlers.keyboards import Button, keyboard
from locales.render import Renderer
from locales.split import split
from storage.records import LEAVE, Letter, Outgoing

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter."""

    kind: Literal["arrived", "later", "unreachable", "refused", "moved"]
    pause: float = 0.0  # seconds until the next try, for "later"
    new_chat: int = 0  # for "moved"
    error: str = ""  # the kind of error, for the log; never its text
    pieces: int = 0  # of the letter that have arrived, for "later"


def pause_after(attempts: int) -> float:
    """Seconds until the next try: doubling, but never longer than a minute."""
    return min(FIRST_PAUSE * 2.0**attempts, LONGEST_PAUSE)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Delivery:
    """Renders letters and hands them to the Bot API."""

    def __init__(self, bot: Bot, renderer: Renderer, limiter: Limiter) -> None:
        self._bot = bot
        self._renderer = renderer
        self._limiter = limiter

    async def deliver(self, outgoing: Outgoing, still_ours: Callable[[], bool] = lambda: True) -> Outcome:
        """Try once, from the first piece that has not arrived, as long as the chat is still ours."""
        letter, attempts = outgoing.letter, outgoing.attempts
        arrived = outgoing.pieces_sent
        try:
            pieces = [] if letter.template == LEAVE else self._pieces(letter)
        except Exception as error:
            # Rendering reaches for nothing outside, so this is our own mistake: waiting mends nothing.
            return Outcome("refused", error=where(error))
        try:
            if letter.template == LEAVE:
                await self._bot.leave_chat(letter.chat_id)
            for number, (text, markup) in enumerate(pieces[arrived:], start=arrived):
                await self._limiter.wait(letter.chat_id, letter.lane)
                if not still_ours():
                    raise Stopping
                await self._say(letter, text, markup, first=number == 0)
                arrived = number + 1
        except Stopping:
            return Outcome("later", pieces=arrived)
        except RetryAfter as error:
            return Outcome("later", pause=seconds_of(error), error="RetryAfter", pieces=arrived)
        except ChatMigrated as error:
            return Outcome("moved", new_chat=error.new_chat_id)
        except Forbidden:
            return Outcome("unreachable", error="Forbidden")
        except BadRequest as error:
            return self._after_bad_request(error)
        except TelegramError as error:
            # A time-out may have arrived all the same; sending it twice is better than never.
            pause = pause_after(attempts)
            return Outcome("later", pause=pause, error=type(error).__name__, pieces=arrived)
        return Outcome("arrived")

    async def probe(self) -> Outcome:
        """Ask Telegram for something that changes nothing, to learn whether it answers."""
        try:
            await self._bot.get_me()
        except RetryAfter as error:
            return Outcome("later", pause=seconds_of(error), error="RetryAfter")
        except TelegramError as error:
            return Outcome("later", error=type(error).__name__)
        return Outcome("arrived")

    @staticmethod
    def _after_bad_request(error: BadRequest) -> Outcome:
        if "not found" in error.message.lower():
            return Outcome("unreachable", error="chat not found")
        return Outcome("refused", error="BadRequest")

    def _pieces(self, letter: Letter) -> list[tuple[str, InlineKeyboardMarkup | None]]:
        """The messages that a letter is cut into; the keyboard stands under the last."""
        texts = split(self._renderer.text(letter.template, letter.locale, letter.values))
        markup = self._markup(letter)
        return [(text, markup if number == len(texts) - 1 else None) for number, text in enumerate(texts)]

    async def _say(
        self, letter: Letter, text: str, markup: InlineKeyboardMarkup | None, *, first: bool
    ) -> None:
        if first and letter.edit is not None and await self._edit(letter, text, markup):
            return
        await self._bot.send_message(
            letter.chat_id,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )

    async def _edit(self, letter: Letter, text: str, markup: InlineKeyboardMarkup | None) -> bool:
        """Change the message in place; False where it is gone and a new one is needed."""
        try:
            await self._bot.edit_message_text(
                text,
                letter.chat_id,
                letter.edit,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            # The same content again means that an earlier try, or an impatient second press, arrived.
            return "not modified" in error.message
        return True

    def _markup(self, letter: Letter) -> InlineKeyboardMarkup | None:
        rows = keyboard(letter.template, letter.values)
        return (
            InlineKeyboardMarkup([[self._button(b, letter.locale) for b in row] for row in rows])
            if rows
            else None
        )

    def _button(self, button: Button, locale: str) -> InlineKeyboardButton:
        label = self._renderer.label(button.label, locale, button.values)
        if button.start is not None:
            return InlineKeyboardButton(label, url=f"https://t.me/{self._bot.username}?start={button.start}")
        return InlineKeyboardButton(label, callback_data=button.data)
