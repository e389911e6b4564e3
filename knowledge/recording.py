"""What a recording is: sound in OGG Opus, as Telegram plays it as a voice message."""

from pathlib import Path

A_SECOND = 48_000  # what Opus counts in, whatever was recorded
_PAGE = 27  # bytes of a page's heading before the table of its segments


def seconds(path: Path) -> float | None:
    """How long a recording lasts; None for what is not OGG Opus from its first page to its last."""
    content = path.read_bytes()
    place, last, skipped = 0, 0, None
    while place < len(content):
        head = content[place : place + _PAGE]
        if len(head) < _PAGE or not head.startswith(b"OggS\0"):
            return None
        body = place + _PAGE + head[26]
        place = body + sum(content[place + _PAGE : body])
        if skipped is None:
            if content[body : body + 8] != b"OpusHead":
                return None
            skipped = int.from_bytes(content[body + 10 : body + 12], "little")
        granule = int.from_bytes(head[6:14], "little", signed=True)
        last = max(last, granule)  # -1 where no packet ends
    return (last - skipped) / A_SECOND if skipped is not None and place == len(content) else None
