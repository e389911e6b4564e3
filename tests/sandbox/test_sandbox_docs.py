"""docs/sandbox.md names every method and every control call, and none that is not there."""

import re
from pathlib import Path

from sandbox.acting import ACTS
from sandbox.methods import METHODS, WAITING
from sandbox.server import create_app

DOCUMENT = (Path(__file__).parents[2] / "docs/sandbox.md").read_text(encoding="utf-8")


def test_the_methods_of_the_bot_api() -> None:
    table = DOCUMENT.partition("| about | methods |")[2].partition("\n\n")[0]
    named = {name.lower() for name in re.findall(r"`(\w+)`", table)}
    assert named == set(METHODS) | set(WAITING)


def test_the_calls_of_the_control_api() -> None:
    named = set(re.findall(r"^\| `(?:GET|POST) (/control/[^`]+)` \|", DOCUMENT, re.M))
    routes = {route.resource.canonical for route in create_app().router.routes() if route.resource}
    calls = {path for path in routes if path.startswith("/control/") and "unknown" not in path}
    acts = {f"/control/people/<id>/{act}" for act in ACTS}
    canonical = {re.sub(r"\{(\w+)\}", lambda name: f"<{name[1].replace('_', ' ')}>", path) for path in calls}
    assert named == (canonical - {"/control/people/<id>/<act>"}) | acts
