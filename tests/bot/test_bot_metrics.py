"""What operators measure: every figure is explained, moves with what happens, and names nobody."""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from bot_door import damaged, door, free_port, mislaid
from dialogue import Person, World
from dialogues.scenes import asks
from prometheus_client.parser import text_string_to_metric_families

from bot.delivery import Outcome
from bot.metrics import Metrics
from bot.settings import Settings
from storage.database import Database

PAGE = Path(__file__).parent.parent.parent / "docs" / "metrics.md"
DANGER = "پولیس شوهرم را امروز از خانه برد"

Sample = Callable[..., float]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration's settings, with a server of our own."""
    return settings.model_copy(update={"listen": f"127.0.0.1:{free_port()}"})


async def figures(settings: Settings) -> Sample:
    """The page's figures, by name and labels."""
    async with aiohttp.ClientSession() as http, http.get(f"http://{settings.listen}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        page = await response.text()
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }

    def sample(name: str, *labels: str) -> float:
        return found[f"hamrah_{name}", *sorted(labels)]

    return sample


# --- the page in the documents


def shown() -> set[str]:
    """The names under which the figures stand on the page."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Metrics().registry.collect()
    }


def test_every_metric_is_explained_and_every_explanation_has_its_metric() -> None:
    rows = re.findall(r"^\| `(hamrah_\w+)` \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert sorted(name for name, _, _ in rows) == sorted(shown())


def test_every_value_of_a_label_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for family in Metrics().registry.collect():
        (row,) = re.findall(rf"^\| `{family.name}(?:_total)?` .*$", page, re.M)
        for label, value in [pair for sample in family.samples for pair in sample.labels.items()]:
            assert label == "le" or (f"`{label}`" in row and value in row)


def test_two_services_in_one_process_do_not_share_their_figures() -> None:
    one, other = Metrics(), Metrics()
    one.received(3)
    assert one.registry.get_sample_value("hamrah_updates_received_total") == 3
    assert other.registry.get_sample_value("hamrah_updates_received_total") == 0


# --- what moves them


async def test_a_conversation_is_counted(world: World, settings: Settings, zahra: Person) -> None:
    before = await figures(settings)
    await zahra.says("چند ماه است که هیچ خبری نیست")
    await zahra.hears()
    after = await figures(settings)
    for name, labels in (
        ("updates_received_total", ()),
        ("updates_handled_total", ("done",)),
        ("handling_seconds_count", ()),
        ("understanding_seconds_count", ()),
        ("letters_total", ("arrived",)),
        ("delivery_seconds_count", ()),
    ):
        assert after(name, *labels) > before(name, *labels), name
    assert after("engine_ready") == after("database_up") == after("workers_alive") == 1
    assert after("inbox_waiting") == after("outbox_waiting", "replies") == 0
    assert after("updates_handled_total", "later") == after("letters_total", "refused") == 0


async def test_requests_are_counted_until_they_are_closed(
    world: World, settings: Settings, zahra: Person, luc: Person
) -> None:
    await asks(luc, "Nous cherchons un appartement")
    await zahra.says(DANGER)
    await world.settled()
    seen = await figures(settings)
    assert [seen(f"tickets_{name}") for name in ("open", "urgent", "overdue")] == [2, 1, 0]
    world.clock.advance(hours=5)
    seen = await figures(settings)
    assert [seen(f"tickets_{name}") for name in ("open", "urgent", "overdue")] == [2, 1, 1]
    await zahra.says("/forget")
    await zahra.presses("Yes, erase everything")
    await world.settled()
    seen = await figures(settings)
    assert [seen(f"tickets_{name}") for name in ("open", "urgent", "overdue")] == [1, 0, 0]


async def test_what_waits_is_counted_with_its_age(world: World, settings: Settings, karim: Person) -> None:
    await world.control("fail", {"how": "429", "count": 9, "method": "sendMessage", "retry_after": 30})
    await karim.says("/help")
    async with asyncio.timeout(60):
        while not (await figures(settings))("letters_total", "later"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    world.clock.advance(seconds=20)
    seen = await figures(settings)
    assert seen("outbox_waiting", "replies") == 1
    assert 20 <= seen("outbox_oldest_seconds") < 30
    assert seen("throttled_total") == 1


async def test_while_the_database_is_away_its_figures_are_no_numbers_and_the_others_are_there(
    settings: Settings, database: Database
) -> None:
    async with door(settings, database) as opened:
        await database.close()
        with damaged(settings):
            _, page = await opened.get("metrics")
            assert "hamrah_inbox_waiting NaN" in page
            assert "hamrah_database_up 0.0" in page
            assert "hamrah_database_errors_total 1.0" in page
            assert "hamrah_event_loop_lag_seconds_count" in page
        _, page = await opened.get("metrics")
        assert "hamrah_inbox_waiting 0.0" in page
        assert "hamrah_database_up 1.0" in page


async def test_a_failing_table_is_a_database_error(settings: Settings, database: Database) -> None:
    async with door(settings, database) as opened:
        async with mislaid(settings, "inbox"):
            _, page = await opened.get("metrics")
        assert "hamrah_database_errors_total 1.0" in page


# --- what they cost


def test_the_figures_of_an_update_cost_next_to_nothing() -> None:
    metrics, updates = Metrics(), 2000
    began = time.perf_counter()
    for _ in range(updates):
        metrics.received(1)
        metrics.handled("done", metrics.now())
        metrics.understood(metrics.now())
        metrics.delivered(Outcome("arrived"), metrics.now())
        metrics.posted(200)
    assert (time.perf_counter() - began) / updates < 0.0005  # seconds; an update costs some milliseconds
