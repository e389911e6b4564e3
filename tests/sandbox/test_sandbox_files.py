"""Pictures, voices, documents and albums, sent by the bot and by people, and fetched again."""

import base64
from typing import Any

import pytest
from sandbox_room import AMINA, KARIM, TOKEN, Room
from telegram import (
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest

from sandbox.files import picture

LETTER = b"%PDF-1.4 an invented letter"
VOICE = b"OggS\0 an invented sound"
MIB = 1024 * 1024


def encoded(data: bytes, **more: Any) -> dict[str, Any]:
    """Bytes as the control API takes them."""
    return {"data": base64.b64encode(data).decode(), **more}


async def heard(room: Room) -> list[Message]:
    return [update.message for update in await room.news() if update.message is not None]


async def fetched(room: Room, file_id: str) -> bytes:
    return bytes(await (await room.bot.get_file(file_id)).download_as_bytearray())


async def test_amina_sends_a_letter_a_picture_and_a_voice(room: Room) -> None:
    letter = encoded(LETTER, name="نامه.pdf", mime_type="application/pdf")
    await room.sends(AMINA, document=letter, caption="What is this? /help")
    await room.sends(AMINA, photo=encoded(picture()))
    await room.sends(AMINA, voice=encoded(VOICE, duration=3))
    document, photo, voice = await heard(room)
    assert document.document is not None
    assert (document.document.file_name, document.document.mime_type) == ("نامه.pdf", "application/pdf")
    assert document.parse_caption_entities(["bot_command"]) == {document.caption_entities[0]: "/help"}
    assert await fetched(room, document.document.file_id) == LETTER
    assert (photo.photo[-1].width, photo.photo[-1].height) == (320, 200)
    assert await fetched(room, photo.photo[-1].file_id) == picture()
    assert voice.voice is not None
    assert (voice.voice.mime_type, voice.voice.to_dict()["duration"]) == ("audio/ogg", 3)
    shown = (await room.chat(AMINA))[-3:]
    assert [message["kind"] for message in shown] == ["document", "photo", "voice"]
    assert shown[0]["file_size"] == len(LETTER)
    for message, data in zip(shown, (LETTER, picture(), VOICE), strict=True):
        async with room.http.get(message["file_url"]) as response:
            assert await response.read() == data


async def test_amina_sends_an_album(room: Room) -> None:
    items = [{"photo": encoded(picture()), "caption": "Page 1"}, {"photo": True}, {"photo": True}]
    answer = await room.control(f"people/{AMINA}/album", {"items": items})
    messages = await heard(room)
    assert [message.message_id for message in messages] == answer["message_ids"]
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].media_group_id
    assert [message.caption for message in messages] == ["Page 1", None, None]
    await room.control(f"people/{AMINA}/album", {"items": [{"document": "a.txt"}, {"document": "b.txt"}]})
    again = await heard(room)
    assert {message.media_group_id for message in again} != {messages[0].media_group_id}


@pytest.mark.parametrize(
    ("act", "body", "error"),
    [
        ("send", {"document": {"data": "no base64"}}, "The data of the document must be base64."),
        ("send", {"document": {"data": ""}}, "The document must not be empty."),
        ("send", {"photo": encoded(LETTER)}, "The photo must be a PNG or JPEG picture."),
        ("send", {"audio": True}, "audio must be an object with its data in base64."),
        ("send", {"photo": True, "caption": "x" * 1025}, "caption must not be longer than 1024 characters."),
        ("album", {"items": [{"photo": True}]}, "An album has two to ten items."),
        ("album", {"items": [{"photo": True}] * 11}, "An album has two to ten items."),
        (
            "album",
            {"items": [{"photo": True}, {"text": "x"}]},
            "An album holds only: photo, video, document, audio.",
        ),
        (
            "album",
            {"items": [{"photo": True}, {"document": "x"}]},
            "Documents and sounds stand with their own kind only.",
        ),
    ],
)
async def test_what_cannot_be_sent(room: Room, act: str, body: dict[str, Any], error: str) -> None:
    assert (await room.control(f"people/{AMINA}/{act}", body, status=400))["error"] == error


async def test_the_bot_sends_every_kind_and_sends_it_again_by_its_id(room: Room) -> None:
    bot = room.bot
    photo = await bot.send_photo(AMINA, picture(), caption="*Queue*", parse_mode="MarkdownV2")
    voice = await bot.send_voice(AMINA, VOICE, duration=3, protect_content=True)
    audio = await bot.send_audio(AMINA, b"ID3 sound", title="Numbers", performer="Hamrah", duration=9)
    animation = await bot.send_animation(AMINA, b"moving", width=20, height=10)
    video = await bot.send_video(AMINA, b"moving more", duration=2)
    document = await bot.send_document(AMINA, LETTER, filename="letter.pdf")
    assert (photo.caption, photo.caption_entities[0].type) == ("Queue", "bold")
    assert voice.has_protected_content
    assert audio.audio is not None
    assert (audio.audio.title, audio.audio.performer) == ("Numbers", "Hamrah")
    assert animation.animation is not None
    assert (animation.animation.width, animation.animation.height) == (20, 10)
    assert video.video is not None
    assert document.document is not None
    assert voice.voice is not None
    files = {
        "photo": photo.photo[-1],
        "voice": voice.voice,
        "audio": audio.audio,
        "animation": animation.animation,
        "video": video.video,
        "document": document.document,
    }
    for kind, file in files.items():
        again: Message = await getattr(bot, f"send_{kind}")(AMINA, file.file_id)
        sent: Any = again.effective_attachment
        sent = sent[-1] if kind == "photo" else sent
        assert (sent.file_id, sent.file_unique_id) == (file.file_id, file.file_unique_id)
        other = "document" if kind != "document" else "photo"
        with pytest.raises(BadRequest, match=f"Can't use file of type .* as {other}"):
            await getattr(bot, f"send_{other}")(AMINA, file.file_id)
    kinds = [message["kind"] for message in await room.chat(AMINA)]
    assert kinds[-6:] == list(files)


async def test_the_bot_sends_an_album(room: Room) -> None:
    known = (await room.bot.send_photo(AMINA, picture())).photo[-1].file_id
    first = InputMediaPhoto(picture(), caption="<b>One</b>", parse_mode="HTML")
    sent = await room.bot.send_media_group(
        AMINA,
        [first, InputMediaPhoto(known), InputMediaVideo(b"moving")],
        reply_parameters=ReplyParameters(1),
    )
    assert [message.effective_attachment is not None for message in sent] == [True] * 3
    assert len({message.media_group_id for message in sent}) == 1
    assert (sent[0].caption, sent[0].caption_entities[0].type) == ("One", "bold")
    assert all(message.reply_to_message is not None for message in sent)
    shown = (await room.chat(AMINA))[-3:]
    assert {message["media_group_id"] for message in shown} == {sent[0].media_group_id}
    assert await room.bot.send_media_group(AMINA, [InputMediaDocument(LETTER), InputMediaDocument(LETTER)])


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([], "there are no messages to send"),
        ([{"type": "photo", "media": "x"}], "too few messages to send as an album"),
        ([{"type": "photo", "media": "x"}] * 11, "too many messages to send as an album"),
        ([{"type": "photo", "media": "x"}] * 2, "wrong file identifier/HTTP URL specified"),
        ([{"type": "animation"}, {"type": "photo"}], 'type "animation" can\'t be used in sendMediaGroup'),
        ([{"type": "sticker"}, {"type": "photo"}], "can't parse InputMedia: unsupported type specified"),
        ([{"type": "document"}, {"type": "photo"}], "document can't be mixed with other media types"),
        ([{"type": "video"}, {"type": "audio"}], "audio can't be mixed with other media types"),
        ("{", "can't parse media JSON object"),
    ],
)
async def test_an_album_that_cannot_be_sent(room: Room, media: Any, reason: str) -> None:
    status, body = await room.call("sendMediaGroup", chat_id=AMINA, media=media)
    assert (status, body["description"]) == (400, f"Bad Request: {reason}")
    assert len(await room.chat(AMINA)) == 1


async def test_nothing_of_an_album_is_sent_where_one_item_is_wrong(room: Room) -> None:
    media = [InputMediaAudio(b"one"), InputMediaAudio(b"two", caption="x" * 1025)]
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await room.bot.send_media_group(AMINA, media)
    assert len(await room.chat(AMINA)) == 1


async def test_a_caption_may_have_1024_characters_beside_its_marks(room: Room) -> None:
    said = await room.bot.send_photo(AMINA, picture(), caption=f"<b>{'ی' * 1024}</b>", parse_mode="HTML")
    assert said.caption == "ی" * 1024


async def test_a_large_file_can_be_sent_and_not_fetched(room: Room) -> None:
    fits = await room.bot.send_document(AMINA, bytes(20 * MIB))
    large = await room.bot.send_document(AMINA, bytes(20 * MIB + 1))
    assert fits.document is not None
    assert large.document is not None
    assert (await room.bot.get_file(fits.document.file_id)).file_size == 20 * MIB
    with pytest.raises(BadRequest, match="File is too big"):
        await room.bot.get_file(large.document.file_id)


async def test_karim_fetches_nothing_without_the_bots_token(room: Room) -> None:
    await room.says(KARIM, "Salaam")
    document = (await room.bot.send_document(AMINA, LETTER)).document
    assert document is not None
    path = (await room.bot.get_file(document.file_id)).file_path
    assert path is not None
    path = path.rpartition(TOKEN)[2]
    for token, status in ((TOKEN, 200), ("777:other", 401), ("nonsense", 401)):
        async with room.http.get(f"/file/bot{token}{path}") as response:
            assert response.status == status
