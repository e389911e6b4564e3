"""The four languages: catalogues, message templates, and how numbers and dates are written."""

LOCALES = ("fa_AF", "ps", "en", "fr")
"""Every language of the service, in the order of the first screen."""

NAMES = {"fa_AF": "دری", "ps": "پښتو", "en": "English", "fr": "Français"}
"""Each language named in itself."""

RIGHT_TO_LEFT = frozenset({"fa_AF", "ps"})
