"""The gettext catalogues, loud when they were not compiled."""

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "hamrah"
FOLDER = Path(__file__).parent


def N_(message: str) -> str:  # noqa: N802  (gettext's customary name)
    """Mark a text for the catalogues without translating it yet."""
    return message


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the language of the sources and has none.

    Raises FileNotFoundError, naming the command, when the catalogues were not compiled.
    """
    if locale == "en":
        return gettext.NullTranslations()
    try:
        return gettext.translation(DOMAIN, FOLDER, languages=[locale])
    except FileNotFoundError:
        raise FileNotFoundError(f"The catalogue of {locale} is not compiled. Run: make catalogues") from None


def translate(locale: str, message: str) -> str:
    """A marked text in a language."""
    return translations(locale).gettext(message)
