"""The texts of the knowledge, in the private chats of those who write and approve them."""

from telegram import Update

from desk import review
from handlers.turn import Turn
from locales.words import GROUPS
from storage.records import Revision

# --- reading


async def show(_: Update, turn: Turn) -> None:
    """/texts, or the button: how the texts stand in each of this member's languages."""
    turn.show("staff_texts", languages=await review.overview(turn.desk, turn.tx, turn.member))


async def language(_: Update, turn: Turn) -> None:
    """The texts of a language, by subject."""
    locale = _own_language(turn)
    if locale is not None:
        groups = await review.listed(turn.desk, turn.tx, locale)
        known = [{"group": group, "count": len(groups[group])} for group in GROUPS if group in groups]
        turn.show("staff_texts_language", locale=locale, groups=known)


async def subject(_: Update, turn: Turn) -> None:
    """The texts of a subject."""
    locale, group = _own_language(turn), turn.pressed("group")
    if locale is None:
        return
    texts = (await review.listed(turn.desk, turn.tx, locale)).get(group)
    if texts is None or group not in GROUPS:
        turn.say("unknown_button")
    else:
        turn.show("staff_texts_subject", locale=locale, group=group, texts=texts)


async def view(_: Update, turn: Turn) -> None:
    """One text as people would read it."""
    await _view(turn)


async def view_shipped(_: Update, turn: Turn) -> None:
    """The words that came with the software."""
    await _view(turn, shipped=True)


async def _view(turn: Turn, *, shipped: bool = False) -> None:
    item = await _pressed(turn)
    if item is not None:
        turn.show("staff_text", **review.view(turn.desk, turn.tx, turn.member, item, shipped=shipped))


def _own_language(turn: Turn) -> str | None:
    locale = turn.pressed("locale")
    refused = review.refusal(turn.member, locale)
    if refused is None:
        return locale
    _refuse(turn, refused)
    return None


async def _pressed(turn: Turn) -> review.Entry | None:
    """The text that a button names, if this member may work on its language."""
    locale = _own_language(turn)
    if locale is None:
        return None
    item = await review.entry(turn.desk, turn.tx, turn.pressed("topic"), locale)
    if item is None:
        turn.say("unknown_button")
    return item


def _refuse(turn: Turn, reason: str) -> None:
    turn.say("staff_text_refused", reason=reason)


# --- proposing


async def propose(_: Update, turn: Turn) -> None:
    """Propose the words that stand above the button: the shipped ones, or those that are approved, again."""
    item = await _pressed(turn)
    if item is not None:
        await _propose(turn, item, turn.pressed("mark"))


async def _propose(turn: Turn, item: review.Entry, mark: str, body: str | None = None) -> None:
    proposed = await review.propose_marked(turn.desk, turn.tx, turn.member, item, mark, body)
    if not isinstance(proposed, Revision):
        _refuse(turn, proposed)
        return
    turn.expect(None)
    told = await review.tell_approvers(turn.tx, item.topic, proposed)
    turn.show("staff_text_proposed", topic=item.topic.id, locale=item.locale, told=told)


async def write(_: Update, turn: Turn) -> None:
    """The next message is the new short text."""
    item = await _pressed(turn)
    if item is not None:
        turn.expect("staff.text", topic=item.topic.id, locale=item.locale)
        turn.say(
            "staff_text_write",
            topic=item.topic.id,
            locale=item.locale,
            title=item.shown.title,
            body=item.shown.body,
        )


async def written(_: Update, turn: Turn) -> None:
    """The new words: shown as people would read them, or what is wrong with them."""
    item = await _drafted(turn)
    if item is None:
        turn.expect(None)
        _refuse(turn, "changed")
        return
    faults = list(review.faults(turn.desk, item, turn.text))
    if faults:
        # The dialogue goes on, so that the next message is taken as the mended text.
        found = [{"rule": fault.rule, "found": fault.found, "wanted": fault.wanted} for fault in faults]
        turn.say("staff_text_fault", topic=item.topic.id, locale=item.locale, faults=found)
        return
    text = review.rewritten(item, turn.text)
    turn.expect("staff.text", topic=item.topic.id, locale=item.locale, body=turn.text)
    turn.say(
        "staff_text_preview",
        topic=item.topic.id,
        locale=item.locale,
        title=text.title,
        body=text.body,
        mark=review.mark(text),
    )


async def propose_written(_: Update, turn: Turn) -> None:
    """Propose the previewed words, and no others."""
    item, body = await _drafted(turn), turn.person.draft.get("body")
    if item is None or not body:
        _refuse(turn, "changed")
    else:
        await _propose(turn, item, turn.pressed("mark"), body)


async def _drafted(turn: Turn) -> review.Entry | None:
    """The text that this member is writing, if they still may."""
    draft = turn.person.draft
    if turn.staff is None or review.refusal(turn.staff, draft.get("locale", "")) is not None:
        return None
    return await review.entry(turn.desk, turn.tx, draft.get("topic", ""), draft["locale"])


# --- deciding


async def approve(_: Update, turn: Turn) -> None:
    """Approve the words that stand above the button."""
    decided = await review.approve(turn.desk, turn.tx, turn.member, turn.pressed_id())
    if isinstance(decided, Revision):
        await _show_decided(turn, decided)
    else:
        _refuse(turn, decided)


async def _show_decided(turn: Turn, revision: Revision) -> None:
    item = await review.entry(turn.desk, turn.tx, revision.topic, revision.locale)
    if item is not None:
        turn.show("staff_text", **review.view(turn.desk, turn.tx, turn.member, item))


async def withdraw(_: Update, turn: Turn) -> None:
    """Send the approved words no more."""
    withdrawn = await review.withdraw(turn.tx, turn.member, turn.pressed_id())
    if isinstance(withdrawn, Revision):
        await _show_decided(turn, withdrawn)
    else:
        _refuse(turn, withdrawn)


async def give_back(_: Update, turn: Turn) -> None:
    """The next message says why these words are returned."""
    seen = await review.decidable(turn.tx, turn.member, turn.pressed_id())
    if isinstance(seen, Revision):
        turn.expect("staff.return", revision=seen.id)
        turn.say("staff_text_why", topic=seen.topic, locale=seen.locale)
    else:
        _refuse(turn, seen)


async def reason_written(_: Update, turn: Turn) -> None:
    """Return the words with this reason."""
    revision_id = int(turn.person.draft.get("revision", 0))
    turn.expect(None)
    decided = await review.give_back(turn.desk, turn.tx, turn.member, revision_id, turn.text)
    if isinstance(decided, Revision):
        turn.say("staff_text_returned", topic=decided.topic, locale=decided.locale)
    else:
        _refuse(turn, decided)
