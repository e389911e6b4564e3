"""Links as Telegram keeps them: what is none, or could run a script, is dropped."""

import re

_LINK = re.compile(
    r"(?!tg:|ton:|tonsite:)(?:(https?)://)?(?:@|([^\s/?#@\[\]]+@))?"  # scheme, user
    r"(?!\.(?:[:/?#]|$))([^\s/?#:@\[\]]*\.[^\s/?#:@\[\]]*)(?::0*([1-9][0-9]{0,4}))?([/?#].*)?",  # host, port
    re.IGNORECASE | re.DOTALL,
)
_OWN = re.compile(r"(tg|ton|tonsite):(?://)?@?([\w-]+)([/?#].*)?", re.IGNORECASE | re.DOTALL | re.ASCII)


def checked_link(url: str) -> str:
    """Return a link as Telegram keeps it, empty where Telegram drops it: no script ever passes."""
    if own := _OWN.fullmatch(url):
        scheme, host, rest = own.groups()
        rest = _rest(rest)
        return f"{scheme.lower()}://{host.lower()}{rest.removeprefix('/') if rest.startswith('/?') else rest}"
    match = _LINK.fullmatch(url)
    if match is None or int(match[4] or 0) > 65535:
        return ""
    scheme, user, host, port, rest = match.groups(default="")
    number = f":{port}" if port else ""
    return f"{scheme.lower() or 'http'}://{user}{host.lower()}{number}{_rest(rest)}"


def _rest(rest: str | None) -> str:
    rest = (rest or "").rstrip() or "/"
    return (rest if rest.startswith("/") else f"/{rest}").replace(" ", "%20")


_EMOJI_LINK = re.compile(r"tg://emoji/?\?(?:\S*&)?id=([0-9]+)(?:[&#]\S*)?", re.IGNORECASE)


def emoji_id(url: str) -> str:
    """Return the identifier in a custom emoji's link, empty where it has none."""
    match = _EMOJI_LINK.fullmatch(url)
    return match[1] if match and is_emoji_id(match[1]) else ""


def is_emoji_id(text: str) -> bool:
    """Say whether a text is a custom emoji's identifier: a number of 64 bits, not 0."""
    return text.isascii() and text.isdigit() and 0 < int(text) < 2**63
