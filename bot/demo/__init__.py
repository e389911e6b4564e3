"""`hamrah demo`: the whole service on embedded parts, with invented people, in the browser."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import httpx
import yaml
from pydantic import SecretStr

from bot import service
from bot.ending import stopped_by_signal
from bot.settings import NotReady, Settings
from desk import register, team
from knowledge.library import Library
from storage import cases, staff
from storage.database import Database

HERE = Path(__file__).parent
CAST: dict[str, Any] = yaml.safe_load((HERE / "cast.yaml").read_text(encoding="utf-8"))
REGISTER = HERE / "cases.csv"
REGISTER_DAY = date(2026, 11, 1)


def settings(api_url: str, data_dir: Path) -> Settings:
    """Settings with clearly invented contacts; nothing of the environment is read."""
    return Settings.model_construct(
        token=SecretStr("1000:demo"),
        api_url=api_url,
        data_dir=data_dir,
        database_url="",
        operator_name="Example Support Network (invented)",
        operator_kind="organisation",
        privacy_contact="privacy@example.org",
        contact_pakistan="+00 000 000 0001 (invented)",
        contact_tajikistan="+00 000 000 0002 (invented)",
        contact_elsewhere="+00 000 000 0003 (invented)",
        contact_ircc="ircc@example.org (invented)",
        contact_resettlement_centre="centre@example.org (invented)",
        contact_unhcr="unhcr@example.org (invented)",
        contact_iom="iom@example.org (invented)",
        contact_fraud="fraud@example.org (invented)",
    )


async def demo(port: int) -> None:
    """Run until stopped."""
    library = Library()
    with tempfile.TemporaryDirectory(prefix="hamrah-demo-") as folder:
        async with (
            stopped_by_signal(),
            local_bot_api(port) as address,
            httpx.AsyncClient(base_url=address) as control,
        ):
            await invite_cast(control)
            chosen = settings(address, Path(folder))
            async with service.running(chosen, library) as database:
                await fill(database, chosen, library, control)
                click.echo(f"\n  Hamrah is running. Open {address}\n  Ctrl-C stops it; nothing is kept.\n")
                await asyncio.Event().wait()


@asynccontextmanager
async def local_bot_api(port: int) -> AsyncIterator[str]:
    """The local Bot API as a process of its own; gives its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", str(port)),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; we end it when nobody needs it any more
    )
    try:
        line = await process.stdout.readline() if process.stdout else b""
        address = next((word for word in line.decode().split() if word.startswith("http")), None)
        if address is None:
            raise NotReady(
                f"The local Bot API did not start. Is port {port} in use? Try: hamrah demo --port 0"
            )
        yield address.rstrip("/")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def invite_cast(control: httpx.AsyncClient) -> None:
    """Bring the invented people and the team's group into the local Bot API."""
    for person in CAST["people"]:
        fields = {key: value for key, value in person.items() if key != "staff"}
        (await control.post("/control/people", json=fields)).raise_for_status()
    for group in CAST["groups"]:
        (await control.post("/control/groups", json=group)).raise_for_status()


async def fill(database: Database, chosen: Settings, library: Library, control: httpx.AsyncClient) -> None:
    """Fill the register, and let the staff come in as real staff do: by their invitations."""
    desk = service.build_desk(chosen, library)
    with REGISTER.open(encoding="utf-8") as lines:
        rows, bad = register.read_rows(lines, stages=list(library.stages["en"]), as_of=REGISTER_DAY)
    if bad:
        raise NotReady(json.dumps([vars(row) for row in bad]))
    async with database.begin(service.utc_now()) as tx:
        await register.store(tx, [cases.sealed(database.vault, fields) for fields in rows])
    for person in CAST["people"]:
        member = person.get("staff")
        if not member:
            continue
        async with database.begin(service.utc_now()) as tx:
            token = await team.invite(
                desk, tx, role=member["role"], languages=tuple(member["languages"]), name=person["first_name"]
            )
        await _act(control, person["id"], "send", {"text": f"/start join-{token}"})
    await _until_joined(database, sum("staff" in person for person in CAST["people"]))
    lead = next(person for person in CAST["people"] if person.get("staff", {}).get("role") == "lead")
    for group in CAST["groups"]:
        await _act(control, lead["id"], "bot_in_group", {"chat_id": group["id"], "member": True})


async def _until_joined(database: Database, members: int) -> None:
    # The group may be joined only by a lead, so the lead must have come in first.
    async with asyncio.timeout(30):
        while True:
            async with database.read(service.utc_now()) as tx:
                if len(await staff.members(tx)) >= members:
                    return
            await asyncio.sleep(0.05)


async def _act(control: httpx.AsyncClient, person: int, action: str, body: dict[str, Any]) -> None:
    (await control.post(f"/control/people/{person}/{action}", json=body)).raise_for_status()
