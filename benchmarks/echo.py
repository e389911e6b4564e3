"""A bare python-telegram-bot echo as a process that is measured: what the library itself can do here.

One message back for each update and nothing stored, with the library's own Updater and transport. It does
not even acknowledge pressed buttons, as a real bot has to.
"""

import argparse
import asyncio
import logging
import os

from telegram import Update
from telegram.ext import Application, ContextTypes, TypeHandler

from benchmarks.measured import answer_parent, pin


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it again."""
    chat, message, query = update.effective_chat, update.message, update.callback_query
    assert chat is not None
    said = (message.text if message else query.data if query else None) or "?"
    await context.bot.send_message(chat.id, said)


async def serve(api: str) -> None:
    """Run until the parent is gone."""
    application = (
        Application.builder().token("1000:echo").base_url(f"{api}/bot").concurrent_updates(256).build()
    )
    application.add_handler(TypeHandler(Update, echo))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        await answer_parent()
        await application.updater.stop()
        await application.stop()


def main() -> None:
    """Read the command line and run."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.echo")
    options.add_argument("--core", type=int, required=True)
    options.add_argument("--api", required=True)
    chosen = options.parse_args()
    pin(chosen.core)
    os.environ["PTB_TIMEDELTA"] = "1"
    logging.disable(logging.WARNING)  # it warns of its own poll being cut off at the end
    asyncio.run(serve(chosen.api))


if __name__ == "__main__":
    main()
