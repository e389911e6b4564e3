"""Groups: the team's own one, and all others, in which the bot does not stay."""

from telegram import ChatMember, Update

from desk import team
from handlers.turn import Turn

PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)


async def membership(update: Update, turn: Turn) -> None:
    """The bot was added to a group or removed, or a person blocked or unblocked it."""
    change = update.my_chat_member
    if change is None:
        return
    present = change.new_chat_member.status in PRESENT
    if change.chat.type == change.chat.PRIVATE:
        turn.change(blocked_at=None if present else turn.tx.now)
    elif not present:
        await team.drop_group(turn.tx, change.chat.id)
    elif change.old_chat_member.status not in PRESENT:
        await team.join_group(turn.desk, turn.tx, turn.person, turn.staff, change.chat.id)


async def command(_: Update, turn: Turn) -> None:
    """A command to this bot in a group: nothing about anybody is said there."""
    if f"@{turn.message.get_bot().username}" not in turn.text:
        return
    await team.point_to_private_chat(turn.tx, turn.message.chat.id, turn.locale)


async def moved(_: Update, turn: Turn) -> None:
    """The group became a supergroup and has a new id."""
    new = turn.message.migrate_to_chat_id
    if new is not None:
        await team.move_group(turn.tx, turn.message.chat.id, new)
