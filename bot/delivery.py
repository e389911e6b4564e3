"""One letter to one chat: rendered, sent, and the outcome told apart into arrived, later, never, moved."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot import files
from bot.client import Client, Markup
from bot.limits import Limiter, Stopping
from bot.log import where
from bot.transport import TooLate, may_leave
from handlers.buttons import Button
from handlers.keyboards import keyboard
from locales.render import Renderer
from locales.split import split
from storage.errors import DatabaseUnavailable
from storage.records import LEAVE, File, Letter, Outgoing

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
OWN_MISTAKES = 5  # tries of a letter that fails for no reason of Telegram's or the database's


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter."""

    kind: Literal["arrived", "later", "unreachable", "refused", "moved", "overtaken"]
    pause: float = 0.0  # seconds until the next try, for "later"
    new_chat: int = 0  # for "moved"
    error: str = ""  # the kind of error, for the log; never its text
    pieces: int = 0  # of the letter that have arrived, for "later"
    away: bool = False  # Telegram did not answer, or asked us to wait
    message: int | None = None  # the last text that was sent or changed, for "arrived"


@dataclass(frozen=True, slots=True)
class Piece:
    """What leaves in one call: a text with its buttons, or files that stand together.

    Where there is a recording the text is said only if that is gone.
    """

    text: str = ""
    markup: Markup | None = None
    files: tuple[int, ...] = ()  # ids; the files themselves are opened only now that they leave
    recording: str | None = None  # the name of an answer that is spoken


def pause_after(attempts: int) -> float:
    """Seconds until the next try: doubling, but never longer than a minute."""
    return min(FIRST_PAUSE * 2.0 ** min(attempts, 10), LONGEST_PAUSE)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Delivery:
    """Renders letters and hands them to the Bot API.

    `opened` gives the files that are still kept, `recorded` an answer that is spoken.
    """

    def __init__(
        self,
        bot: Client,
        renderer: Renderer,
        limiter: Limiter,
        opened: Callable[[Collection[int]], Awaitable[list[File]]],
        recorded: Callable[[str], Awaitable[File | None]],
    ) -> None:
        self._bot = bot
        self._renderer = renderer
        self._limiter = limiter
        self._opened = opened
        self._recorded = recorded

    async def deliver(self, outgoing: Outgoing, is_ours: Callable[[], bool] = lambda: True) -> Outcome:
        """Try once, from the first piece that has not arrived, as long as the chat `is_ours` to write to."""
        letter, arrived, message = outgoing.letter, outgoing.pieces_sent, None
        try:
            pieces = [] if letter.template == LEAVE else self._pieces(letter)
        except Exception as error:
            # Rendering reaches for nothing outside, so this is our own mistake: waiting mends nothing.
            return Outcome("refused", error=where(error))
        before = may_leave.set(is_ours)
        try:
            if letter.template == LEAVE:
                await self._bot.leave_chat(letter.chat_id)
            for piece in pieces[arrived:]:
                sent = await self._send(letter, piece, first=arrived == 0)
                message = sent or message
                arrived += 1
        except Exception as error:
            return replace(self._outcome(error, outgoing.attempts), pieces=arrived)
        finally:
            may_leave.reset(before)
        return Outcome("arrived", message=message)

    async def _send(self, letter: Letter, piece: Piece, *, first: bool) -> int | None:
        """Send one piece; the message's id if it is a text."""
        # What has been erased since the letter was written is not there any more.
        kept = await self._opened(piece.files) if piece.files else []
        spoken = await self._recorded(piece.recording) if piece.recording else None
        for _ in range(len(kept) or 1):  # Telegram counts each file of an album
            await self._limiter.wait(letter.chat_id, letter.lane)
        if piece.files:
            await files.send(self._bot, letter.chat_id, kept, protect=letter.values["protect"])
            return None
        if spoken is not None:
            await files.send(self._bot, letter.chat_id, [spoken], protect=False)
            return None
        return await self._say(letter, piece.text, piece.markup, first=first)

    def _outcome(self, error: Exception, attempts: int) -> Outcome:
        """What an error means for the letter."""
        match error:
            case TooLate():  # another worker may be writing to this chat by now
                return Outcome("overtaken")
            case Stopping():
                return Outcome("later")
            case RetryAfter():
                return Outcome("later", pause=seconds_of(error), error="RetryAfter", away=True)
            case ChatMigrated():
                return Outcome("moved", new_chat=error.new_chat_id)
            case Forbidden():
                return Outcome("unreachable", error="Forbidden")
            case BadRequest():
                return self._after_bad_request(error)
            case TelegramError():
                # A time-out may have arrived all the same; sending it twice is better than never.
                pause = pause_after(attempts)
                return Outcome("later", pause=pause, error=type(error).__name__, away=True)
            case DatabaseUnavailable():
                return Outcome("later", pause=pause_after(attempts))
            case _ if attempts < OWN_MISTAKES:
                # Our own mistake, or a damaged file. What has arrived of the letter is not said again.
                return Outcome("later", pause=pause_after(attempts), error=where(error))
            case _:
                return Outcome("refused", error=where(error))

    async def probe(self) -> Outcome:
        """Ask Telegram for something that changes nothing, to learn whether it answers."""
        try:
            await self._bot.get_me()
        except TelegramError as error:
            return self._outcome(error, 0)
        return Outcome("arrived")

    @staticmethod
    def _after_bad_request(error: BadRequest) -> Outcome:
        if "not found" in error.message.lower():
            return Outcome("unreachable", error="chat not found")
        return Outcome("refused", error="BadRequest")

    def _pieces(self, letter: Letter) -> list[Piece]:
        """The messages that a letter is cut into; the keyboard stands under its last text, files follow."""
        texts = split(self._renderer.text(letter.template, letter.locale, letter.values))
        last = Piece(texts[-1], self._markup(letter), recording=letter.values.get("recording"))
        words = [Piece(text) for text in texts[:-1]] + [last]
        return words + [Piece(files=tuple(album)) for album in letter.values.get("albums", ())]

    async def _say(self, letter: Letter, text: str, markup: Markup | None, *, first: bool) -> int:
        if first and letter.edit is not None and await self._edit(letter, letter.edit, text, markup):
            return letter.edit
        return await self._bot.say(letter.chat_id, text, markup)

    async def _edit(self, letter: Letter, message_id: int, text: str, markup: Markup | None) -> bool:
        """Change the message in place; False where it is gone and a new one is needed."""
        try:
            await self._bot.change(letter.chat_id, message_id, text, markup)
        except BadRequest as error:
            # The same content again means that an earlier try, or an impatient second press, arrived.
            return "not modified" in error.message
        return True

    def _markup(self, letter: Letter) -> Markup | None:
        rows = keyboard(letter.template, letter.values)
        if not rows:
            return None
        return {"inline_keyboard": [[self._button(button, letter.locale) for button in row] for row in rows]}

    def _button(self, button: Button, locale: str) -> dict[str, str | None]:
        label = self._renderer.label(button.label, locale, button.values)
        if button.start is not None:
            return {"text": label, "url": f"https://t.me/{self._bot.username}?start={button.start}"}
        return {"text": label, "callback_data": button.data}
