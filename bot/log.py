"""Logging that never carries what people wrote."""

import logging
import traceback


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error. Other libraries are quiet: httpx would log the token with every address."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("httpx", "httpcore", "alembic", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # python-telegram-bot logs whole updates, with names and texts, when it cannot read one.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def where(error: BaseException) -> str:
    """An error's kind and places in the code, without its message, which may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
