"""Pictures, files and voice notes that a person sends: nothing is fetched or kept before they have agreed."""

from datetime import datetime
from typing import Any

from telegram import Message, Update

from desk import attachments, tickets
from handlers.turn import OFFER, Turn
from storage.records import File, Ticket

Draft = dict[str, Any]


def of(message: Message) -> Draft | None:
    """What a message carries that the team could get, as Telegram tells it; None for all else."""
    if message.photo:
        biggest = message.photo[-1]
        return _claimed("photo", biggest, mime="image/jpeg")
    sound = message.voice or message.audio
    if sound:
        return _claimed("voice", sound, mime=sound.mime_type, name=getattr(sound, "file_name", None))
    # Films without sound come as a document too, and are none.
    document = message.document if not message.animation else None
    if document:
        return _claimed("document", document, mime=document.mime_type, name=document.file_name)
    return None


def _claimed(kind: str, file: Any, *, mime: str | None, name: str | None = None) -> Draft:
    return {"id": file.file_id, "kind": kind, "size": file.file_size or 0, "mime": mime, "name": name or ""}


def join(known: Draft, message: Message, file: Draft) -> Draft:
    """A file added to those that wait. The pieces of one album are asked about once: at the first."""
    files = known.get("files", [])
    more_of_album = files and message.media_group_id and known.get("album") == message.media_group_id
    return {
        **known,
        "ask": known["ask"] if more_of_album else message.message_id,
        "album": message.media_group_id,
        "files": [*files, file],
    }


def refuse(turn: Turn, known: Draft, file: Draft | None) -> Draft | None:
    """Say why a file is not taken, once for an album; what to remember of that. None if nothing is wrong."""
    sizes = [other["size"] for other in known.get("files", [])]
    policy = turn.desk.policy
    reason = attachments.refusal(policy, file["mime"], file["size"], sizes) if file else "kind"
    if reason is None:
        return None
    album = turn.message.media_group_id
    if album is None or known.get("refused") != album:
        limit = policy.file_bytes // 2**20
        reply = turn.staff is not None
        turn.say("file_refused", reason=reason, limit=limit, words=bool(turn.text), reply=reply)
    return {**known, "refused": album}


# --- a person's files for the team


async def offer(turn: Turn, ticket_id: int | None) -> None:
    """Ask whether the team gets what has just come; `ticket_id` is the request that was being written."""
    file, known = of(turn.message), _waiting(turn)
    refused = refuse(turn, known, file)
    if refused is not None or file is None:
        _remember(turn, refused or known)
        return
    joined = join(known, turn.message, file)
    ticket = known.get("ticket") or ticket_id
    _remember(turn, {**joined, "ticket": ticket, "at": turn.tx.now.isoformat()})
    if joined["ask"] != known.get("ask"):
        _ask(turn, joined, earlier=bool(known.get("files")), words=bool(turn.text))


def _waiting(turn: Turn) -> Draft:
    """What waits for the person's yes or no; after a day it waits no more."""
    known: Draft = turn.person.draft.get(OFFER, {})
    if "at" in known and turn.tx.now - datetime.fromisoformat(known["at"]) > turn.desk.policy.offer_life:
        return {}
    return known if known.get("files") or "refused" in known else {}


def _remember(turn: Turn, offered: Draft) -> None:
    turn.change(draft={**turn.person.draft, OFFER: offered})


def _ask(turn: Turn, offered: Draft, *, earlier: bool, words: bool = False) -> None:
    # Not how many: the pieces of an album come one by one, and the question with the first.
    turn.show("file_ask", offer=offered["ask"], earlier=earlier, words=words)


async def give(_: Update, turn: Turn) -> None:
    """Yes: what stood above the button goes to the team."""
    offered = await _pressed(turn)
    if offered is None:
        return
    files, missing, strange = fetched(turn, offered["files"])
    if not files or not await attachments.has_room(turn.desk.policy, turn.tx, turn.person, files):
        _remember(turn, {})
        turn.show("file_not_taken", missing=missing, strange=strange, full=bool(files))
        return
    ticket = await _request_for(turn, offered)
    # A picture without a word says little: what the person writes next belongs to it.
    write = ticket is None and turn.person.state in (None, "ask", "ticket")
    turn.show("file_given", count=len(files), missing=missing, strange=strange, write=write)
    if ticket is None:
        topic = turn.person.draft.get("topic")
        ticket = await tickets.open_ticket(
            turn.desk, turn.tx, turn.person, text="", topic=topic, locale=turn.locale, files=files
        )
    else:
        await tickets.add(turn.desk, turn.tx, turn.person, ticket, "", turn.locale, files)
    if write:
        turn.expect("ticket", ticket=ticket.id)
    _remember(turn, {"ask": offered["ask"], "given": ticket.id})


async def _request_for(turn: Turn, offered: Draft) -> Ticket | None:
    """The request that files go to: the one that was being written, else the newest; None for a new one."""
    if offered["ticket"]:
        return await tickets.own_to_change(turn.tx, turn.person, offered["ticket"])
    # Who is about to write a new question to the team has the files go with that one.
    return await tickets.newest_open(turn.tx, turn.person) if turn.person.state != "ask" else None


async def drop(_: Update, turn: Turn) -> None:
    """No: it is forgotten."""
    if await _pressed(turn) is not None:
        _remember(turn, {})
        turn.show("file_dropped")


async def _pressed(turn: Turn) -> Draft | None:
    """What stood above the pressed button, if it still waits; else the person is told how things are."""
    known: Draft = turn.person.draft.get(OFFER, {})
    waiting = _waiting(turn)
    given = known.get("given") if known.get("ask") == turn.pressed_id() else None
    if given:
        ticket = await tickets.own(turn.tx, turn.person, given)
        if ticket is not None:
            turn.show("ticket_view", **await tickets.own_view(turn.tx, turn.person, ticket))
            return None
    if not waiting.get("files"):
        turn.show("file_late")
        return None
    if waiting["ask"] != turn.pressed_id():
        _ask(turn, waiting, earlier=True)
        return None
    return waiting


def fetched(turn: Turn, claimed: list[Draft]) -> tuple[list[File], int, int]:
    """The files, and how many of them Telegram no longer has or are not what they were sent as."""
    files, missing, strange = [], 0, 0
    for item in claimed:
        content = turn.fetch(item["id"])
        file = attachments.checked(turn.desk.policy, item["kind"], item["name"], content)
        if file is not None:
            files.append(file)
        elif content:
            strange += 1
        else:
            missing += 1
    return files, missing, strange
