"""From a template's name and its values to the text a person reads."""

from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from locales import LOCALES, RIGHT_TO_LEFT, formats
from locales.bidi import isolate_runs, lead_right
from locales.catalogue import translate, translations
from locales.words import GROUPS, LANGUAGES, ROLES, STATES

TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """Renders messages and labels; one per process, it holds no state but compiled templates.

    `operator` (who runs the service, for the first screen) and `contacts` (for the safety texts)
    are known to every template.
    """

    def __init__(self, operator: Mapping[str, str], contacts: Mapping[str, str]) -> None:
        self._environments = {locale: self._environment(locale, operator, contacts) for locale in LOCALES}

    def _environment(
        self, locale: str, operator: Mapping[str, str], contacts: Mapping[str, str]
    ) -> Environment:
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
        environment.globals.update(
            operator=operator, contacts=contacts, date=lambda text: formats.day(_day(text), locale)
        )
        environment.filters.update(
            date=lambda value: formats.day(_day(value), locale),
            number=partial(formats.number, locale=locale),
            duration=partial(formats.duration, locale=locale),
            language=lambda code: translate(locale, LANGUAGES[code]),
            role=lambda code: translate(locale, ROLES[code or "other"]),
            state=lambda code: translate(locale, STATES[code]),
            subject=lambda code: translate(locale, GROUPS[code]),
            approved=lambda text: self.approved(locale, text),
        )
        return environment

    def approved(self, locale: str, source: str) -> Markup:
        """An approved text of the knowledge, with its dates and contacts filled in."""
        return Markup(_compiled(self._environments[locale], source).render())  # noqa: S704  (autoescaped)

    def text(self, template: str, locale: str, values: Mapping[str, Any]) -> str:
        """The message as Telegram HTML."""
        html = self._environments[locale].get_template(f"{template}.html").render(values).strip()
        return lead_right(isolate_runs(html)) if locale in RIGHT_TO_LEFT else html

    def label(self, message: str, locale: str, values: Mapping[str, Any]) -> str:
        """A button's label: a marked text with its values filled in."""
        text = translate(locale, message).format(**values)
        return isolate_runs(text) if locale in RIGHT_TO_LEFT else text


@cache
def _compiled(environment: Environment, source: str) -> Any:
    return environment.from_string(source)


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])
