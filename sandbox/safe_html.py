"""Text with entities as HTML that the page may show."""

from html import escape

from sandbox.html import Entity
from sandbox.links import checked_link

_HTML_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler",
    "code": "code", "blockquote": "blockquote", "expandable_blockquote": "blockquote",
}  # fmt: skip


def to_html(text: str, entities: list[Entity]) -> str:
    """Return a text with entities as HTML that a page may show as it is.

    Entities that cross one another are closed and opened again, so that the tags always nest.
    """
    if not entities:
        return escape(text, quote=False)
    data = text.encode("utf-16-le")
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    edges = {entity["offset"] for entity in ordered} | {_end(entity) for entity in ordered}
    cuts = sorted(edges | {0, len(data) // 2})
    html: list[str] = []
    stack: list[Entity] = []
    for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
        keep = next((index for index, entity in enumerate(stack) if _end(entity) <= begin), len(stack))
        reopen = [entity for entity in stack[keep:] if _end(entity) > begin]
        html += [_tags(entity, text)[1] for entity in reversed(stack[keep:])]
        opening = reopen + [entity for entity in ordered if entity["offset"] == begin < _end(entity)]
        html += [_tags(entity, text)[0] for entity in opening]
        stack = stack[:keep] + opening
        if end is not None:
            html.append(escape(data[2 * begin : 2 * end].decode("utf-16-le", "replace"), quote=False))
    return "".join(html)


def _end(entity: Entity) -> int:
    return int(entity["offset"] + entity["length"])


def _tags(entity: Entity, text: str) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if tag := _HTML_TAGS.get(kind):
        return f"<{tag}>", f"</{tag}>"
    if kind == "pre":
        language = entity.get("language")
        if language:
            return f'<pre><code class="language-{escape(language)}">', "</code></pre>"
        return "<pre>", "</pre>"
    link = ""
    if kind in ("text_link", "url"):
        link = checked_link(entity.get("url") or piece(text, entity))
    elif kind == "text_mention":
        link = f"tg://user?id={int(entity['user']['id'])}"
    return (f'<a href="{escape(link)}">', "</a>") if link else ("", "")


def piece(text: str, entity: Entity) -> str:
    """Return the part of a text that an entity covers."""
    return text.encode("utf-16-le")[2 * entity["offset"] : 2 * _end(entity)].decode("utf-16-le", "replace")
