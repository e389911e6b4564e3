"""From a template's name and its values to the text a person reads."""

import html
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from locales import LOCALES, RIGHT_TO_LEFT, formats
from locales.bidi import LRI, PDI, isolate_runs, lead_right
from locales.catalogue import translate, translations
from locales.words import GROUPS, LANGUAGES, PUBLISHED, ROLES, STANDINGS, STATES

TEMPLATES = Path(__file__).parent / "templates"

_PLACEHOLDER = re.compile(r"(\{\{.*?\}\})")
_DATE = re.compile(r'\{\{\s*date\("([0-9-]+)"\)\s*\}\}')
_CONTACT = re.compile(r"\{\{\s*contacts\.(\w+)\s*\}\}")


class Renderer:
    """Renders messages and labels; one per process, it holds no state but compiled templates.

    `operator` (who runs the service, for the first screen) and `contacts` are known to every template.
    A contact that is empty reads as where it is published.
    """

    def __init__(self, operator: Mapping[str, str], contacts: Mapping[str, str]) -> None:
        self._contacts = {
            locale: {
                place: contacts.get(place, "").strip() or translate(locale, published)
                for place, published in PUBLISHED.items()
            }
            for locale in LOCALES
        }
        self._environments = {locale: self._environment(locale, operator) for locale in LOCALES}

    def _environment(self, locale: str, operator: Mapping[str, str]) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # a template does not change while the program runs
            extensions=["jinja2.ext.i18n"],
        )
        # The i18n extension adds this method at run time.
        environment.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
        environment.policies["ext.i18n.trimmed"] = True
        environment.globals.update(operator=operator, contacts=self._contacts[locale])
        environment.filters.update(
            date=lambda value: formats.day(_day(value), locale),
            number=partial(formats.number, locale=locale),
            duration=partial(formats.duration, locale=locale),
            language=lambda code: translate(locale, LANGUAGES[code]),
            role=lambda code: translate(locale, ROLES[code or "other"]),
            state=lambda code: translate(locale, STATES[code]),
            subject=lambda code: translate(locale, GROUPS[code]),
            standing=lambda code: translate(locale, STANDINGS[code]),
            approved=lambda text: self.approved(locale, text),
            whole=lambda text: escape(text) if locale not in RIGHT_TO_LEFT else LRI + escape(text) + PDI,
            read_in=lambda text, other: self._read_in(other, text),
        )
        return environment

    def approved(self, locale: str, source: str) -> Markup:
        """A text of the knowledge, with its dates and contacts filled in.

        Nothing else in it means anything: members of the team write such texts in the chat.
        Raises ValueError, naming the placeholder that cannot be filled in.
        """
        pieces = _PLACEHOLDER.split(source)
        pieces[1::2] = [self._filled(locale, placeholder) for placeholder in pieces[1::2]]
        for brace in (piece for piece in pieces if "{" in piece or "}" in piece):
            raise ValueError(brace.strip()[:60])
        return Markup(html.escape("".join(pieces), quote=False))  # noqa: S704  (escaped here)

    def _read_in(self, locale: str, source: str) -> Markup:
        """A text as its readers see it, inside a message that may be in another language."""
        text = self.approved(locale, source)
        return Markup(lead_right(isolate_runs(text))) if locale in RIGHT_TO_LEFT else text  # noqa: S704

    def _filled(self, locale: str, placeholder: str) -> str:
        if day := _DATE.fullmatch(placeholder):
            try:
                return formats.day(date.fromisoformat(day[1]), locale)
            except ValueError:
                raise ValueError(placeholder) from None
        contact = _CONTACT.fullmatch(placeholder)
        if contact is None or contact[1] not in PUBLISHED:
            raise ValueError(placeholder)
        return self._contacts[locale][contact[1]]

    def text(self, template: str, locale: str, values: Mapping[str, Any]) -> str:
        """The message as Telegram HTML."""
        text = self._environments[locale].get_template(f"{template}.html").render(values).strip()
        return lead_right(isolate_runs(text)) if locale in RIGHT_TO_LEFT else text

    def label(self, message: str, locale: str, values: Mapping[str, Any]) -> str:
        """A button's label: a marked text with its values filled in."""
        text = translate(locale, message).format(**values)
        return isolate_runs(text) if locale in RIGHT_TO_LEFT else text


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])
