"""Telegram's refusals, word for word: the texts bots recognise failures by."""


class Refusal(Exception):
    """A Bot API answer with ``ok: false``.

    ``retry_after`` (whole seconds) is given with code 429 only.
    """

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(reason: str) -> Refusal:
    """Return a 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Return a 403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    """Return the flood refusal: try again in ``retry_after`` seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def conflict(reason: str) -> Refusal:
    """Return what is said to a poll that another one, or a webhook, has taken the place of."""
    return Refusal(409, f"Conflict: {reason}")
