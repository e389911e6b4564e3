"""Files on their way from Telegram and to it."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, InvalidToken

from bot.log import where
from storage import attachments
from storage.database import Database
from storage.records import File

log = logging.getLogger(__name__)

LARGEST = 20 * 2**20  # bytes; Telegram gives a bot no bigger ones


async def fetch(bot: Bot, file_id: str) -> bytes:
    """What somebody has sent; empty where Telegram does not have it any more. Raises TelegramError."""
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > LARGEST:
            return b""
        return bytes(await file.download_as_bytearray())
    except (BadRequest, InvalidToken):  # the second stands for any address that is not there
        return b""


class KeptFiles:
    """Opens files of the database at the moment they are sent."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def opened(self, ids: Collection[int]) -> list[File]:
        """Those of the files that are still there, with their contents."""
        async with self._database.read(self._clock()) as tx:
            return await attachments.opened(tx, ids)


class Recordings:
    """Opens answers that are spoken, of the folder of the topics, at the moment they are sent."""

    def __init__(self, topics: Path) -> None:
        self._topics = topics

    async def opened(self, name: str) -> File | None:
        """One of them, read off the event loop; None where it is gone."""
        path = self._topics / name
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            log.error("the recording %s cannot be read: %s", name, where(error))
            return None
        return File(kind="voice", mime="audio/ogg", name=path.name, content=content)


async def send(bot: Bot, chat_id: int, files: Sequence[File], *, protect: bool) -> None:
    """Send one file, or an album of pictures or of documents. Raises TelegramError."""
    match files:
        case []:
            return
        case [file] if file.kind == "photo":
            await bot.send_photo(chat_id, file.content, filename=file.name, protect_content=protect)
        case [file] if file.kind == "voice":
            await bot.send_voice(chat_id, file.content, filename=file.name, protect_content=protect)
        case [file]:
            await bot.send_document(chat_id, file.content, filename=file.name, protect_content=protect)
        case _:
            media = [
                (InputMediaPhoto if file.kind == "photo" else InputMediaDocument)(
                    file.content, filename=file.name
                )
                for file in files
            ]
            await bot.send_media_group(chat_id, media, protect_content=protect)
