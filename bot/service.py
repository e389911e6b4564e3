"""Composition: what the program is made of, opened and closed in order."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiohttp import web
from telegram import Bot, BotCommand
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.client import build_client
from bot.delivery import Delivery, pause_after, seconds_of
from bot.files import KeptFiles, Recordings
from bot.handling import Handling
from bot.intake import Intake
from bot.limits import Limiter
from bot.metrics import Metrics
from bot.receiving import Receiving
from bot.sending import Sending
from bot.settings import NotReady, Settings
from bot.signal import Signal
from bot.sweeping import Sweeping
from bot.thinking import EngineProcess, EngineThread, Thinker
from bot.trouble import Trouble
from bot.web import Health, Pages, serving
from bot.webhook import Webhook, arrange
from bot.wholeness import Wholeness
from bot.worker import Worker
from desk import feedback
from desk.desk import Desk, Policy
from engine import Engine
from knowledge.library import Library
from locales import LOCALES
from locales.catalogue import N_, translate
from locales.render import Renderer
from storage import key_file
from storage.database import Database, is_empty, migrate, prepare_folder
from storage.keys import open_vault
from storage.vault import MasterKeys

log = logging.getLogger(__name__)

COMMANDS = {
    "case": N_("My case"),
    "updates": N_("News"),
    "ask": N_("Ask the team"),
    "requests": N_("My requests"),
    "language": N_("Language"),
    "privacy": N_("Privacy"),
    "forget": N_("Erase everything about me"),
    "help": N_("Menu"),
}
"""What Telegram's own command menu shows."""

DESCRIPTION = N_(
    "Questions about Canada's Afghan programmes, in Dari, Pashto, English and French. It is free. It decides "
    "nothing and speeds nothing up. Never send copies of documents, never pay anyone. Press Start."
)
"""What Telegram shows before the first message."""

UNKNOWN_BOT = "Telegram does not know this HAMRAH_TOKEN. Ask @BotFather for it."

TELEGRAM_CODES = {"fa_AF": "fa", "ps": "ps", "en": "", "fr": "fr"}
"""Telegram's language codes; the empty one is for every other language."""


def utc_now() -> datetime:
    """The wall clock; it enters the program here and is passed down."""
    return datetime.now(UTC)


async def open_database(settings: Settings, *, serving: bool = False) -> Database:
    """Open the database of the settings, migrated to this version. Raises StorageError."""
    prepare_folder(settings.database)
    masters = master_keys(settings, may_make=await is_empty(settings.database))
    await migrate(settings.database)
    vault = await open_vault(settings.database, masters, os.urandom)
    return Database(settings.database, vault, serving=serving)


def master_keys(settings: Settings, *, may_make: bool = False) -> MasterKeys:
    """The master keys of the settings, or of the key file. Raises StorageError."""
    given = settings.master_key.get_secret_value()
    keys = (
        key_file.parse(given)
        if given
        else key_file.read_or_make(settings.key_file, may_make=may_make, random=os.urandom)
    )
    return MasterKeys(keys, os.urandom)


def build_desk(settings: Settings, library: Library) -> Desk:
    """The knowledge and the operator's rules."""
    policy = Policy(
        target=timedelta(hours=settings.target_hours),
        urgent_target=timedelta(hours=settings.urgent_target_hours),
        digest_every=timedelta(hours=settings.digest_hours),
        retention=timedelta(days=settings.retention_days),
    )
    return Desk(library=library, policy=policy, only_approved=not settings.on_loopback)


async def bot_username(settings: Settings) -> str:
    """The bot's name, for links to it. Raises NotReady where the Bot API cannot tell it."""
    if not settings.token.get_secret_value():
        raise NotReady("HAMRAH_TOKEN is empty: it is the bot's token, from @BotFather.")
    try:
        async with build_client(settings) as bot:
            return bot.username
    except InvalidToken:
        raise NotReady(UNKNOWN_BOT) from None
    except TelegramError as error:
        raise NotReady(
            f"The Bot API at {settings.api_url} does not answer: {type(error).__name__}."
        ) from None


@asynccontextmanager
async def running(
    settings: Settings,
    library: Library,
    engine: Engine | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    sweep_every: float = 5.0,
) -> AsyncIterator[Database]:
    """Run the whole service for the length of the block; gives the database for looking in.

    An engine that is given works in a thread; without one, it is built in a process of its own.
    The caller has made sure with `check_ready` that it may. Raises NotReady or StorageError.
    """
    if settings.on_loopback:
        log.warning("local Bot API: drafts are sent, contacts are not checked; let no real person in here")
    desk = build_desk(settings, library)
    renderer = Renderer(settings.operator, settings.contacts)
    database = await open_database(settings, serving=True)
    bot = build_client(settings)
    health, metrics = Health(), Metrics()
    if engine is None:
        async with database.read(clock()) as tx:
            thinker: Thinker = EngineProcess(metrics, added=await feedback.examples(tx))
    else:
        thinker = EngineThread(metrics, engine)
    received, posted = Signal(), Signal()
    intake = Intake(bot, database, clock, received, metrics)
    away, gone = (Trouble(kind, desk, database, clock, posted) for kind in ("telegram", "database"))
    worker, limiter = Worker(database, clock, gone, metrics), Limiter(monotonic)
    kept, spoken = KeptFiles(database, clock), Recordings(library.folder / "topics")
    delivery = Delivery(bot, renderer, limiter, kept.opened, spoken.opened)
    routes = Pages(database, clock, metrics, health).routes()
    if settings.mode == "webhook":
        secret = settings.webhook_secret.get_secret_value()
        routes.append(web.post(settings.webhook_path, Webhook(intake, metrics, health, secret).post))
    try:
        async with database.worked(), intake.running(), serving(settings.listening, routes):
            await _greet(bot, settings)
            # We beat to the end: what the loops still settle must not be taken over meanwhile.
            async with worker.working(), asyncio.TaskGroup() as loops:
                jobs = [
                    thinker.ready(),
                    metrics.watch(),
                    _introduce(bot),
                    Handling(
                        bot,
                        database,
                        desk,
                        thinker,
                        clock,
                        metrics,
                        worker=worker,
                        received=received,
                        posted=posted,
                    ).run(),
                    Sending(
                        delivery,
                        limiter,
                        database,
                        clock,
                        metrics,
                        worker=worker,
                        trouble=away,
                        posted=posted,
                    ).run(),
                    Wholeness(thinker, database, clock, posted, sweep_every).run(),
                    Sweeping(database, desk, clock, monotonic, posted, sweep_every).run(),
                ]
                if settings.mode == "polling":
                    jobs.append(Receiving(bot, intake, metrics, worker).run())
                tasks = [loops.create_task(job) for job in jobs]
                health.greeted = True
                try:
                    yield database
                finally:
                    # Until the last loop has ended and the last post is stored, our HTTP server stays open.
                    health.stopping = True
                    for task in tasks:
                        task.cancel()
                    await thinker.close()
                    # Asked once and waited for: the group would ask again, and break off what settles.
                    await asyncio.wait(tasks)
                    await intake.settled()
    finally:
        await bot.shutdown()
        await database.close()


async def _greet(bot: Bot, settings: Settings) -> None:
    """Learn who we are, and arrange how updates come; wait as long as Telegram is away."""
    attempts = 0
    while True:
        try:
            await bot.initialize()
            await arrange(bot, settings)
        except InvalidToken:
            raise NotReady(UNKNOWN_BOT) from None
        except TelegramError as error:
            pause = seconds_of(error) if isinstance(error, RetryAfter) else pause_after(attempts)
            log.warning("the Bot API does not answer (%s), next try in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            attempts += 1
        else:
            return


async def _introduce(bot: Bot) -> None:
    """Show the commands and the description in every language, however many tries that takes.

    Nobody who writes waits for it: it is done beside the other loops.
    """
    for locale in LOCALES:
        code, attempts = TELEGRAM_CODES[locale], 0
        commands = [BotCommand(name, translate(locale, text)) for name, text in COMMANDS.items()]
        while True:
            try:
                await bot.set_my_commands(commands, language_code=code)
                await bot.set_my_description(translate(locale, DESCRIPTION), language_code=code)
            except TelegramError as error:
                asked = seconds_of(error) if isinstance(error, RetryAfter) else 0.0
                await asyncio.sleep(max(asked, pause_after(attempts)))
                attempts += 1
            else:
                break
