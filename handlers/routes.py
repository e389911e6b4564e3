"""Everything the bot answers, on one page, in order: the first route that fits handles the update."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from desk.roles import APPROVING, EDITING, LEADING, WORKING
from handlers import (
    adding,
    asking,
    case,
    feedback,
    files,
    first_contact,
    groups,
    linking,
    menu,
    other,
    privacy,
    questions,
    queue,
    requests,
    texts,
    updates,
)
from handlers.alarm import alarm
from handlers.turn import Turn

Callback = Callable[[Update, Turn], Awaitable[None]]
Route = BaseHandler[Any, Any, Any]

PRIVATE = filters.ChatType.PRIVATE
FILES = (
    filters.PHOTO
    | filters.Document.ALL
    | filters.VOICE
    | filters.AUDIO
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.ANIMATION
)


def command(name: str, callback: Callback) -> Route:
    """A command in the private chat; words behind it may be a cry for help."""
    return CommandHandler(name, heeding(callback), PRIVATE & filters.UpdateType.MESSAGE)  # type: ignore[arg-type]


def button(pattern: str, callback: Callback) -> Route:
    """A button under a message of the private chat; the whole of its data must fit the pattern."""
    return CallbackQueryHandler(in_private(callback), pattern=rf"^{pattern}\Z")  # type: ignore[arg-type]


def message(kind: filters.BaseFilter, callback: Callback) -> Route:
    """A message, by its kind."""
    return MessageHandler(kind, callback)  # type: ignore[arg-type]


def in_private(callback: Callback) -> Callback:
    """Only under a message of the private chat: in a group nobody's business is done, whatever is pressed."""

    @wraps(callback)
    async def guarded(update: Update, turn: Turn) -> None:
        chat = update.effective_chat
        if chat is not None and chat.type == chat.PRIVATE:
            await callback(update, turn)

    return guarded


def heeding(callback: Callback) -> Callback:
    """Danger in the words behind a command goes before the command."""

    @wraps(callback)
    async def guarded(update: Update, turn: Turn) -> None:
        words = turn.words_after_command
        is_payload = words.startswith("join-") or turn.staff is not None
        if not words or is_payload or not await alarm(turn, words):
            await callback(update, turn)

    return guarded


def known(callback: Callback, *, leaves: bool = True) -> Callback:
    """Only after first contact (language, and role for who is not staff); until then that goes on.

    Whoever presses or commands something else has left the dialogue they were in (`leaves`).
    """

    @wraps(callback)
    async def guarded(update: Update, turn: Turn) -> None:
        if not first_contact.is_done(turn):
            await first_contact.go_on(turn)
            return
        if leaves:
            turn.expect(None)
        await callback(update, turn)

    return guarded


def anytime(callback: Callback) -> Callback:
    """Also before first contact, whose progress it leaves alone; after it, as `known`."""

    @wraps(callback)
    async def guarded(update: Update, turn: Turn) -> None:
        if first_contact.is_done(turn):
            turn.expect(None)
        await callback(update, turn)

    return guarded


def team(callback: Callback, roles: tuple[str, ...] = WORKING, *, leaves: bool = True) -> Callback:
    """Only for the team. To everybody else it looks as if it did not exist."""

    @wraps(callback)
    async def guarded(update: Update, turn: Turn) -> None:
        if turn.staff is not None and turn.staff.role in roles:
            if leaves:
                turn.expect(None)
            await callback(update, turn)
        elif update.callback_query:
            await other.unknown_button(update, turn)
        else:
            await known(other.unknown_command)(update, turn)

    return guarded


STATES: dict[str, Callback] = {
    # What the next written message means, by the person's state. Without a state it is a question.
    "case.number": linking.number,
    "case.birth": linking.birth,
    "case.name": linking.name,
    "ask": asking.written_to_team,
    "ticket": adding.written,
    "staff.reply": team(queue.reply_written, leaves=False),
    "staff.note": team(queue.note_written, leaves=False),
    "staff.text": team(texts.written, EDITING, leaves=False),
    "staff.example": team(feedback.written, EDITING, leaves=False),
    "staff.return": team(texts.reason_written, APPROVING, leaves=False),
}


async def written(update: Update, turn: Turn) -> None:
    """A written message: the next step of a dialogue, or a question. Without a word in it it is neither."""
    if turn.message.forward_origin is None and any(character.isalnum() for character in turn.text):
        await STATES.get(turn.person.state or "", questions.text)(update, turn)
    else:
        await questions.text(update, turn)


async def file(update: Update, turn: Turn) -> None:
    """A picture, a file, a voice note: the words beside it are a written message and go first."""
    if update.edited_message and turn.text:
        await written(update, turn)  # only the words have changed
        return
    if turn.person.state == "staff.reply":
        await team(queue.reply_attached, leaves=False)(update, turn)
        return
    before = _request_being_written(turn)
    if turn.text:
        await written(update, turn)
    if turn.staff is not None:
        await queue.file_alone(update, turn)
    else:
        await files.offer(turn, _request_being_written(turn) or before)


def _request_being_written(turn: Turn) -> int | None:
    return turn.person.draft.get("ticket") if turn.person.state == "ticket" else None


async def other_kind(update: Update, turn: Turn) -> None:
    """A sticker, a location and so on; the words beside it are a written message."""
    other.describe(turn)
    if turn.text:
        await written(update, turn)


ID = r"(?P<id>[0-9]{1,12})"
LOCALE = r"(?P<locale>fa_AF|ps|en|fr)"
TEXT = rf"{LOCALE}:(?P<topic>[a-z0-9-]{{1,40}})"
MARK = r"(?P<mark>[0-9a-f]{12})"

ROUTES: list[Route] = [
    # 1. Who may write to whom: groups, blocking.
    ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    message(filters.StatusUpdate.MIGRATE, groups.moved),
    message(filters.ChatType.GROUPS & filters.COMMAND, groups.command),
    # 2. Commands. /start, /language, /privacy and /forget work at any time, the others after first contact.
    # A change of language is the one thing that does not leave a dialogue.
    command("start", first_contact.start),
    command("cancel", known(privacy.cancel)),
    command("help", known(menu.show)),
    command("case", known(case.show)),
    command("updates", known(updates.show_list)),
    command("ask", known(asking.ask_team)),
    command("requests", known(requests.show_list)),
    command("language", menu.languages),
    command("privacy", anytime(privacy.show)),
    command("forget", anytime(privacy.forget)),
    command("queue", team(queue.show_queue)),
    command("texts", team(texts.show, EDITING)),
    command("feedback", team(feedback.show, EDITING)),
    message(PRIVATE & filters.UpdateType.MESSAGE & filters.COMMAND, heeding(known(other.unknown_command))),
    # 3. Buttons of first contact.
    button(f"lang:{LOCALE}", first_contact.choose_language),
    button(r"role:(?P<role>applicant|sponsor|partner|other)", anytime(first_contact.choose_role)),
    button("language", menu.languages),
    # 4. Buttons of questions.
    button("menu", known(menu.show)),
    button("subjects", known(menu.subjects)),
    button(r"subject:(?P<group>[a-z]{1,20})", known(menu.subject)),
    button("danger", known(menu.danger_list)),
    button(r"topic:(?P<topic>[a-z0-9-]{1,40})", known(questions.topic)),
    button(f"pick:{ID}:(?P<topic>[a-z0-9-]{{1,40}})", known(questions.pick)),
    button(f"helped:{ID}", known(questions.helped)),
    button(f"nothelped:{ID}", known(questions.not_helped)),
    button(f"more:{ID}", known(questions.more, leaves=False)),
    button(f"listen:{ID}", known(questions.listen, leaves=False)),
    button(f"askfrom:{ID}", known(asking.ask_from)),
    button("ask", known(asking.ask_team)),
    # 5. Buttons of the person's requests.
    button("requests", known(requests.show_list)),
    button(f"req:{ID}", known(requests.show_one)),
    button(f"reqadd:{ID}", known(adding.write)),
    button(f"reqclose:{ID}", known(requests.close)),
    button(f"reqreopen:{ID}", known(requests.reopen)),
    button(f"reqread:{ID}", known(requests.read_reply)),
    button(f"reqfiles:{ID}", known(requests.show_files, leaves=False)),
    # … and of files that wait for a yes or no, by the message that was asked about.
    button(f"fileyes:{ID}", known(files.give, leaves=False)),
    button(f"fileno:{ID}", known(files.drop, leaves=False)),
    # 6. Buttons of the case.
    button("case", known(case.show)),
    button("showcase", known(case.show_card)),
    button("link", known(linking.link)),
    button(f"linkyes:{ID}", known(case.allow)),
    button(f"linkno:{ID}", known(case.deny)),
    button("unlink", known(case.ask_unlink)),
    button("unlinkyes", known(case.unlink)),
    # 7. Buttons of news, privacy, leaving.
    button("updates", known(updates.show_list)),
    button(r"news:(?P<news>[a-z0-9-]{1,50})", known(updates.show_one)),
    button("about", known(privacy.about)),
    button("privacy", anytime(privacy.show)),
    button("forget", anytime(privacy.forget)),
    button("forgetyes", privacy.forget_yes),
    # 8. Buttons of the team; each checks the role at every press.
    button("q", team(queue.show_queue)),
    button("qnext", team(queue.take_next)),
    button(f"qt:{ID}", team(queue.view)),
    button(f"qtake:{ID}", team(queue.take)),
    button(f"qfiles:{ID}", team(queue.show_files, leaves=False)),
    button(f"qreply:{ID}", team(queue.write_reply)),
    button(f"qsend:{ID}:{MARK}", team(queue.send, leaves=False)),
    button(f"qnote:{ID}", team(queue.write_note)),
    button(f"qresolve:{ID}", team(queue.resolve)),
    button(f"qrelease:{ID}", team(queue.release)),
    button(f"qlink:(?P<verdict>allow|deny|swap):{ID}", team(queue.decide, LEADING)),
    # … and of those who write and approve the texts.
    button("xs", team(texts.show, EDITING)),
    button(f"xl:{LOCALE}", team(texts.language, EDITING)),
    button(f"xg:{LOCALE}:(?P<group>[a-z]{{1,20}})", team(texts.subject, EDITING)),
    button(f"xt:{TEXT}", team(texts.view, EDITING)),
    button(f"xf:{TEXT}", team(texts.view_shipped, EDITING)),
    button(f"xw:{TEXT}", team(texts.write, EDITING)),
    button(f"xp:{TEXT}:{MARK}", team(texts.propose, EDITING)),
    button(f"xn:{MARK}", team(texts.propose_written, EDITING, leaves=False)),
    button(f"xa:{ID}", team(texts.approve, APPROVING)),
    button(f"xz:{ID}", team(texts.withdraw, APPROVING)),
    button(f"xr:{ID}", team(texts.give_back, APPROVING)),
    # … and of those who see how the answers do, and make examples of what found none.
    button("ff", team(feedback.show, EDITING)),
    button(f"fl:{LOCALE}", team(feedback.language, EDITING)),
    button(f"ft:{LOCALE}", team(feedback.topics, EDITING)),
    button(f"fq:{LOCALE}:{ID}", team(feedback.questions, EDITING)),
    button(f"fm:{ID}", team(feedback.choose_topic, EDITING)),
    button(f"fs:{ID}:(?P<subject>[a-z]{{1,20}})", team(feedback.subject, EDITING)),
    button(f"fe:{ID}:(?P<topic>[a-z0-9-]{{1,40}})", team(feedback.write, EDITING)),
    button(f"fx:{ID}", team(feedback.remove, EDITING)),
    # 9. Any other button: forged, or older than this version.
    button(r"[\s\S]*", known(other.unknown_button)),
    # 10. Written messages, new and changed; then files, films (which are refused) and every other kind.
    message(PRIVATE & filters.TEXT, known(written, leaves=False)),
    message(PRIVATE & FILES, known(file, leaves=False)),
    message(
        PRIVATE & (filters.UpdateType.MESSAGE | filters.CAPTION) & ~filters.StatusUpdate.ALL,
        known(other_kind, leaves=False),
    ),
]
"""What fits none of these (messages of groups, service messages, channels) is nobody's question."""
