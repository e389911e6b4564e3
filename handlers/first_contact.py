"""First contact: the language, then who runs this and who you are. Two taps and one can ask."""

from telegram import Update

from desk import team
from handlers import adding, questions, queue
from handlers.alarm import alarm
from handlers.turn import Turn

HELD = "held"  # in the draft: what somebody wrote before the taps
LONGEST_HELD = 20_000  # characters of it, several of Telegram's longest messages


async def start(_: Update, turn: Turn) -> None:
    """/start, with or without a payload from a link."""
    payload = turn.args[0] if turn.args else ""
    if payload.startswith("join-"):
        await _join(turn, payload.removeprefix("join-"))
    elif not is_done(turn):
        await go_on(turn)
    elif payload == "queue" and turn.staff is not None:
        await queue.show_queue(turn.update, turn)
    else:
        turn.expect(None)
        turn.say("menu", staff=turn.staff is not None)


async def _join(turn: Turn, token: str) -> None:
    invitation = await team.join(turn.tx, turn.person, token)
    if invitation is None:
        turn.say("staff_invitation_bad")
        return
    turn.change(locale=turn.person.locale or invitation.languages[0], state=None, draft={})
    turn.say("staff_welcome", name=invitation.name, role=invitation.role)


async def choose_language(_: Update, turn: Turn) -> None:
    """A language was pressed."""
    turn.change(locale=turn.pressed("locale"))
    if turn.person.role or turn.staff is not None:
        turn.show("menu", staff=turn.staff is not None)
    else:
        turn.show("welcome")


async def choose_role(_: Update, turn: Turn) -> None:
    """Who the person is was pressed; what they wrote before is answered now."""
    turn.change(role=turn.pressed("role"))
    if turn.person.locale is None:
        turn.show("language")
        return
    held = turn.person.draft.get(HELD)
    if held:
        turn.expect(None)
        await questions.ask(turn, held)
    else:
        turn.show("ready")


def is_done(turn: Turn) -> bool:
    """Whether this person has chosen a language and, unless they are staff, said who they are."""
    return bool(turn.person.locale and (turn.person.role or turn.staff))


async def go_on(turn: Turn) -> None:
    """Somebody who has not finished first contact wrote or pressed something: keep it, and go on."""
    words = turn.words_after_command if turn.text.startswith("/") else turn.text
    if turn.text.startswith("/start") and len(turn.args) == 1:
        words = ""  # the payload of a link, not the person's own
    if words and turn.update.callback_query is None:
        if turn.person.state == "ticket":
            await adding.written(turn.update, turn)
        elif not await alarm(turn, words):
            held = "\n".join(filter(None, [turn.person.draft.get(HELD), words]))
            turn.expect(turn.person.state, **{HELD: held[:LONGEST_HELD]})
    turn.say("welcome" if turn.person.locale else "language")
