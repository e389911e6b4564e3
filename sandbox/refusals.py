"""Telegram's refusals, word for word: the texts bots recognise failures by."""


class Refusal(Exception):
    """A Bot API answer with ``ok: false``.

    ``parameters`` say what to do about it: ``retry_after`` (whole seconds), ``migrate_to_chat_id``.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> Refusal:
    """Return a 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Return a 403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    """Return the flood refusal: try again in ``retry_after`` seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def migrated(chat_id: int) -> Refusal:
    """Return the refusal of a group that has become the supergroup ``chat_id``."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, text, migrate_to_chat_id=chat_id)


def conflict(reason: str) -> Refusal:
    """Return what is said to a poll that another one, or a webhook, has taken the place of."""
    return Refusal(409, f"Conflict: {reason}")


def cut_off() -> Refusal:
    """Return what stands for no answer at all: the connection is cut."""
    return Refusal(0, "connection reset")
