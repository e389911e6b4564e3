"""Latin words and numbers inside right-to-left text, kept whole.

Without isolates a case number beside a bracket or a full stop is shown in the wrong order on a
phone. Every run of Latin letters or digits is therefore wrapped in LEFT-TO-RIGHT ISOLATE and POP
DIRECTIONAL ISOLATE when a message is rendered, so that no author has to think of it.
"""

import re
import unicodedata

LRI, PDI = "\u2066", "\u2069"
RLM = "\u200f"  # an invisible right-to-left letter

_ISOLATED = re.compile(f"{LRI}[^{PDI}]*{PDI}")
_TAG_OR_ENTITY = r"<[^>]*>|&(?:[a-z]+|#\d+);"
_WORD = r"[A-Za-zÀ-ÖØ-öø-ÿ0-9۰-۹٠-٩]"
# A run may hold what joins such words: spaces, the marks of numbers, addresses and names, a bracket in Latin.
_JOIN = r"(?:[ .,:/+@_'’٫٬%-]|&amp;)*"
_PHRASE = rf"{_WORD}(?:{_JOIN}{_WORD})*"
_RUN = rf"[+@/#]?{_PHRASE}(?:{_JOIN}\({_PHRASE}\)(?:{_JOIN}{_PHRASE})?)*[%+]?"
_PIECES = re.compile(rf"(?P<keep>{_ISOLATED.pattern}|{_TAG_OR_ENTITY})|(?P<run>{_RUN})")
_MARKUP = re.compile(_TAG_OR_ENTITY)
# Letters only: digits of any kind give a line no direction.
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u065f\u0671-\u06ef\u06fa-\u08ff\u200f]")


def isolate_runs(html: str) -> str:
    """Wrap every Latin or digit run of right-to-left HTML in isolates; tags and entities stay as they are."""
    return _PIECES.sub(lambda m: m["keep"] or f"{LRI}{m['run']}{PDI}", html)


def lead_right(html: str) -> str:
    """Make every line of right-to-left HTML begin at the right, also one that has Latin words alone."""
    return "\n".join(
        line if not _MARKUP.sub("", line).strip() or _RIGHT_TO_LEFT.search(line) else f"{RLM}{line}"
        for line in html.split("\n")
    )


def unisolated_runs(html: str) -> list[str]:
    """The left-to-right words and the numbers, of any script, that stand bare; none where it is safe to show.

    It asks Unicode, not the pattern that isolates: what that pattern does not know is found here.
    """
    outside = _MARKUP.sub(" ", _ISOLATED.sub(" ", html))
    strong = (c.isalnum() and unicodedata.bidirectional(c) in ("L", "EN", "AN") for c in outside)
    return "".join(c if bare else " " for c, bare in zip(outside, strong, strict=True)).split()
