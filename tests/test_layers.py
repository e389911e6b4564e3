"""The walls of the house, read from the syntax trees: who may import whom, where time and chance come in."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent

ALLOWED = {
    "bot": {"handlers", "desk", "storage", "engine", "knowledge", "locales"},
    "handlers": {"desk", "storage", "engine", "locales"},
    "desk": {"storage", "engine", "knowledge"},
    "storage": set[str](),
    "knowledge": {"engine", "locales"},
    "engine": set[str](),
    "locales": set[str](),
    "sandbox": set[str](),
}
"""Which rooms each room may know. Nobody knows bot and sandbox."""

AT_HOME = {
    "telegram": {"bot", "handlers"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "cryptography": {"storage"},
    "jinja2": {"locales", "knowledge", "bot"},
    "aiohttp": {"bot", "sandbox"},
    "numpy": {"engine"},
    "onnxruntime": {"engine"},
    "sentencepiece": {"engine"},
    "click": {"bot"},
    "prometheus_client": {"bot"},
    "pythonjsonlogger": {"bot"},
    "pydantic": {"bot"},
    "pydantic_settings": {"bot"},
}
"""Libraries that are let into some rooms only."""

CLOCKS = {
    "datetime": {"now", "utcnow", "today", "fromtimestamp"},
    "date": {"today", "fromtimestamp"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime"},
    "os": {"urandom", "getrandom"},
    "uuid": {"uuid1", "uuid4"},
}
WHERE_TIME_ENTERS = {"bot", "sandbox"}


def modules(room: str) -> Iterator[tuple[str, ast.Module]]:
    """The files of a room: name and syntax tree."""
    files = sorted((HOUSE / room).rglob("*.py"))
    assert files, f"the room {room} is empty"
    for path in files:
        yield str(path.relative_to(HOUSE)), ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported name, however deep in the file: line and full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides the room"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "importlib.import_module",
            "__import__",
        ):
            yield node.lineno, ast.unparse(node.args[0]).strip("'\"")


def wrong_imports(room: str, tree: ast.AST) -> list[str]:
    """Imports that this room must not make."""
    found = []
    for line, name in imported(tree):
        top = name.partition(".")[0]
        if top != room and (top in ALLOWED or top == "tests") and top not in ALLOWED[room]:
            found.append(f"line {line}: {room} must not know {top}")
        if top in AT_HOME and room not in AT_HOME[top]:
            found.append(f"line {line}: {top} has no place in {room}")
    return found


def clocks_and_chance(tree: ast.AST) -> list[str]:
    """Where a file reads the wall clock or makes something up; a generator with a fixed seed does not."""
    found = []
    for line, name in imported(tree):
        top, _, rest = name.partition(".")
        if top == "secrets" or (top == "random" and rest) or rest in CLOCKS.get(top, ()):
            found.append(f"line {line}: imports {name}")
    seeded = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "random.Random" and node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "random" and id(node) not in seeded:
            found.append(f"line {node.lineno}: random.{node.attr}")
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if node.attr in CLOCKS.get(owner, ()):
                found.append(f"line {node.lineno}: {owner}.{node.attr}")
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_knows_only_the_rooms_it_may(room: str) -> None:
    wrong = [f"{name} {what}" for name, tree in modules(room) for what in wrong_imports(room, tree)]
    assert wrong == []


@pytest.mark.parametrize("room", sorted(set(ALLOWED) - WHERE_TIME_ENTERS))
def test_time_and_chance_are_passed_down(room: str) -> None:
    wrong = [f"{name} {what}" for name, tree in modules(room) for what in clocks_and_chance(tree)]
    assert wrong == []


def test_every_folder_with_code_is_a_room_with_rules() -> None:
    known = {*ALLOWED, "tests", "benchmarks", "docs", "training"}
    found = {
        path.name
        for path in HOUSE.iterdir()
        if path.is_dir() and not path.name.startswith(".") and any(path.rglob("*.py"))
    }
    assert found <= known, "say in ALLOWED what the new room may know"


def test_the_sandbox_is_reached_over_http_alone() -> None:
    for room in set(ALLOWED) - {"sandbox"}:
        for name, tree in modules(room):
            assert not any(what.partition(".")[0] == "sandbox" for _, what in imported(tree)), name


def test_every_module_says_what_it_is_and_is_short() -> None:
    for room in ALLOWED:
        for name, tree in modules(room):
            if "migrations/versions" not in name:
                assert ast.get_docstring(tree), f"{name} does not say what it is"
            length = len((HOUSE / name).read_text(encoding="utf-8").splitlines())
            assert length <= 400, f"{name} has {length} lines; it says more than one thing"


def test_the_standard_library_is_told_from_the_house() -> None:
    assert not set(ALLOWED) & set(sys.stdlib_module_names)


# --- the rules themselves can fail


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("desk", "from handlers.turn import Turn"),
        ("storage", "import desk.cases"),
        ("handlers", "def f():\n    from bot import service"),
        ("engine", "from locales import LOCALES"),
        ("bot", "from sandbox.server import serve"),
        ("sandbox", "from storage import people"),
        ("desk", "from sqlalchemy import select"),
        ("desk", "import telegram"),
        ("storage", "import tests.dialogue"),
        ("handlers", "import importlib\nimportlib.import_module('bot.service')"),
    ],
)
def test_a_wrong_import_is_seen(room: str, source: str) -> None:
    assert len(wrong_imports(room, ast.parse(source))) == 1


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_may_know_itself(room: str) -> None:
    assert wrong_imports(room, ast.parse(f"from {room}.x import y\nimport json")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import monotonic",
        "import random\nrandom.shuffle(x)",
        "import random\nrandom.Random()",
        "from random import choice",
        "from secrets import token_hex",
        "import os\nf = os.urandom",
        "from os import urandom",
        "import uuid\nuuid.uuid4()",
    ],
)
def test_a_clock_or_chance_is_seen(source: str) -> None:
    assert clocks_and_chance(ast.parse(source))


def test_a_clock_that_was_passed_down_is_fine() -> None:
    assert clocks_and_chance(ast.parse("async def f(tx, clock):\n    return tx.now - clock()")) == []


def test_a_generator_with_a_fixed_seed_is_no_chance() -> None:
    assert clocks_and_chance(ast.parse("import random\nrandom.Random(7).shuffle(rows)")) == []
