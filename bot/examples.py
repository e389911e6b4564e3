"""The examples that editors made in the chat, on their way into the files of the knowledge."""

import json

import click

from bot import service
from bot.settings import Settings
from desk import feedback
from knowledge.library import Library
from locales import LOCALES


async def show(settings: Settings) -> None:
    """Print those that the files lack yet, each topic in the form of its questions.yaml."""
    library = Library()
    database = await service.open_database(settings)
    try:
        async with database.read(service.utc_now()) as tx:
            added = await feedback.examples(tx)
    finally:
        await database.close()
    for topic, by_locale in sorted(added.items()):
        known = library.topics[topic].questions if topic in library.topics else {}
        new = {
            locale: [text for text in by_locale.get(locale, ()) if text not in known.get(locale, ())]
            for locale in LOCALES
        }
        if any(new.values()):
            click.echo(f"# knowledge/topics/{topic}/questions.yaml")
        for locale in filter(new.get, LOCALES):
            # A string of JSON is one of YAML.
            lines = [f"  - {json.dumps(text, ensure_ascii=False)}" for text in new[locale]]
            click.echo("\n".join([f"{locale}:", *lines]))
