"""Logging that never carries what people wrote.

Only our own lines are shown in full: they name kinds, places in the code and numbers of rows. Of other
libraries' lines the values are left out, and of every error its text, since both may quote a person.
"""

import logging
import sys
import time
import traceback
from types import TracebackType
from typing import Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

HOUSE = ("bot", "handlers", "desk", "storage", "engine", "knowledge", "locales")

log = logging.getLogger(__name__)

Form = Literal["text", "json"]


def set_up(level: str = "INFO", form: Form | None = None, worker: str = "") -> None:
    """Log to standard error, one event a line; `worker` says which of several processes writes it.

    Without a form, it is text where a person watches, and JSON where a machine collects it.
    """
    form = form or ("text" if sys.stderr.isatty() else "json")
    logging.basicConfig(level=logging.WARNING, handlers=[Discreet(sys.stderr, form, worker)])
    for room in HOUSE:
        logging.getLogger(room).setLevel(level)
    # python-telegram-bot logs whole updates, with names and texts, when it cannot read one.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    sys.excepthook = _last_words


class Discreet(logging.StreamHandler[TextIO]):
    """Writes lines in which nobody is named."""

    def __init__(self, stream: TextIO, form: Form, worker: str = "") -> None:
        super().__init__(stream)
        formatter = _text(worker) if form == "text" else _json(worker)
        formatter.converter = time.gmtime
        formatter.default_time_format, formatter.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
        self.setFormatter(formatter)

    def format(self, record: logging.LogRecord) -> str:
        """One line of what a record may say; whatever else hangs on it stays behind."""
        kept = ("name", "levelname", "levelno", "created", "msecs")
        fields = {name: record.__dict__[name] for name in kept}
        return super().format(logging.makeLogRecord({**fields, "msg": said(record)}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging calls it so)
        """A line that cannot be written is left out; logging itself would print its values."""


def _text(worker: str) -> logging.Formatter:
    who = f"{worker.replace('%', '')} " if worker else ""
    return logging.Formatter(f"%(asctime)s {who}%(levelname)s %(name)s %(message)s")


def _json(worker: str) -> logging.Formatter:
    return JsonFormatter(
        ["asctime", "levelname", "name", "message"],
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        static_fields={"worker": worker} if worker else {},
    )


def said(record: logging.LogRecord) -> str:
    """What a record may say, on one line."""
    if record.name.partition(".")[0] in HOUSE:
        line = record.getMessage()
    else:
        # asyncio writes an error's text into its message itself, from the second line on.
        line = str(record.msg).partition("\n")[0]
    if record.exc_info and record.exc_info[1] is not None:
        line += f": {where(record.exc_info[1])}"
    return " ".join(line.splitlines())


def where(error: BaseException) -> str:
    """An error's kind and places in the code, without its message, which may quote a person."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


def _last_words(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    log.critical("ended by %s", where(error))
