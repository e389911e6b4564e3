"""The engines that run, as the system sees them."""

import os
from pathlib import Path

NAMES = (b"bot.engine_process", b"tests.bot.odd_engine")


def engines(parent: int | None = None) -> list[int]:
    """The processes of engines that this process, or another, has started."""
    tasks = Path(f"/proc/{parent or os.getpid()}/task").glob("*/children")
    children = [int(child) for path in tasks for child in path.read_text().split()]
    return [child for child in children if any(name in command_of(child) for name in NAMES)]


def command_of(process: int) -> bytes:
    """What a process was started with; empty when it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
