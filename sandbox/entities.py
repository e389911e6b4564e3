"""The text of a message as Telegram keeps it: cleaned, measured, with its entities in order."""

import re
import unicodedata

from sandbox.given_entities import given_entities
from sandbox.html import STYLES, Entity, parse_html, units
from sandbox.markdown import parse_markdown
from sandbox.markdown_v2 import parse_markdown_v2
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.world import World

PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}
MERGED = frozenset(STYLES.values())
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = " \n\t"
_SOUGHT = (
    ("url", re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)\]}»؟،۔]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("url", re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:ca|com|org|net|int|me|eu|uk|fr)(?![\w-])(?:/[\w/%?=&#.-]*[\w/])?", re.I)),  # noqa: E501
    ("bot_command", re.compile(r"(?<![\w/<>])/\w{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w+")),
)  # fmt: skip


def formatted(world: World, params: Params, text_name: str, entities_name: str) -> tuple[str, list[Entity]]:
    """Return the text of a call and its entities, after ``parse_mode`` or from the entities given with it.

    Raises Telegram's 400 for broken markup and entities out of bounds.
    """
    source = _CONTROL.sub(" ", params.text(text_name).replace("\r", ""))
    mode = params.text("parse_mode").lower()
    if mode in PARSERS:
        text, entities = PARSERS[mode](source)
    elif mode in ("", "none"):
        given = params.json(entities_name, list, "message entities") or []
        text, entities = source, given_entities(source, given)
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = _trimmed(text, entities)
    entities = [kept for entity in entities if (kept := _mention(world, entity)) is not None]
    return text, tidy(entities + found(text, entities))


_USER_LINK = re.compile(r"tg://user/?\?id=([0-9]{1,18})")


def _mention(world: World, entity: Entity) -> Entity | None:
    """Return a link to a person as a mention of them, none where nobody has this id; others as they are."""
    link = _USER_LINK.fullmatch(entity.get("url", ""))
    user_id = int(link[1]) if link else entity.get("user", {}).get("id")
    if user_id is None:
        return entity
    person = world.people.get(user_id)
    if person is None:
        if link is None:
            raise bad_request("user not found")
        return None
    place = {key: entity[key] for key in ("offset", "length")}
    return {"type": "text_mention", **place, "user": person.user()}


def found(text: str, entities: list[Entity]) -> list[Entity]:
    """Return what Telegram itself finds in a text: commands, addresses, mentions and hashtags."""
    if not any(sign in text for sign in "/.@#"):
        return []
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] not in MERGED | _QUOTES]
    result: list[Entity] = []
    for kind, pattern in _SOUGHT:
        for match in pattern.finditer(text):
            begin, length = units(text[: match.start()]), units(match[0])
            if all(begin >= other_end or begin + length <= other for other, other_end in taken):
                taken.append((begin, begin + length))
                result.append({"type": kind, "offset": begin, "length": length})
    return result


_QUOTES = frozenset({"blockquote", "expandable_blockquote"})


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    cut = units(text) - units(text.lstrip(_BLANK))
    text = text.strip(_BLANK)
    total, kept = units(text), []
    for entity in entities:
        begin = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, total)
        if begin < end:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return text, kept


def tidy(entities: list[Entity]) -> list[Entity]:
    """Return entities in order as Telegram gives them.

    Touching styles are one; no style stands inside code; a link, a mention or code within another is gone.
    """
    result = _apart([dict(entity) for entity in entities if entity["type"] in _QUOTES])
    result += _apart([dict(entity) for entity in entities if entity["type"] not in MERGED | _QUOTES])
    for entity in result:
        if entity["type"] == "code":
            entity.pop("language", None)
    code = sorted(_span(entity) for entity in result if entity["type"] in ("code", "pre"))
    for kind in MERGED:
        spans: list[tuple[int, int]] = []
        for begin, end in sorted(_span(entity) for entity in entities if entity["type"] == kind):
            if spans and begin <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((begin, end))
        for begin, end in _without(spans, code):
            result.append({"type": kind, "offset": begin, "length": end - begin})
    return sorted(result, key=_order)


def _apart(entities: list[Entity]) -> list[Entity]:
    """Return the entities that begin where none before them goes on."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=_order):
        if not kept or _span(entity)[0] >= _span(kept[-1])[1]:
            kept.append(entity)
    return kept


_RANKS = {"blockquote": 0, "expandable_blockquote": 0, "pre": 1, "code": 2, "text_link": 3, "text_mention": 3}


def _order(entity: Entity) -> tuple[int, int, int, str]:
    return entity["offset"], -entity["length"], _RANKS.get(entity["type"], 4), entity["type"]


def _span(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _without(spans: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_begin, hole_end in holes:
        spans = [
            part
            for begin, end in spans
            for part in ((begin, min(end, hole_begin)), (max(begin, hole_end), end))
            if part[0] < part[1]
        ]
    return spans


def blank(text: str) -> bool:
    """Say whether a text shows nothing: spaces and signs without a shape are all there is."""
    return all(sign.isspace() or unicodedata.category(sign) == "Cf" for sign in text)


def too_long(text: str, limit: int) -> bool:
    """Say whether a text has more than ``limit`` UTF-16 units."""
    return len(text) * 2 > limit and units(text) > limit
