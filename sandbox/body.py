"""Bodies of the control API, read with their types checked: what is wrong is said in a sentence."""

import json
from typing import Any

from aiohttp import web


class ControlError(Exception):
    """A control call that cannot be done; ``status`` is 400 or 404."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class Body:
    """A JSON object whose fields are asked for by type. Null and absent are the same."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise ControlError("The body must be a JSON object.")
        self.values: dict[str, Any] = {key: value for key, value in values.items() if value is not None}

    def has(self, name: str) -> bool:
        """Say whether a field is there."""
        return name in self.values

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string. Raises where it is absent without a default, or holds half a character."""
        value: str = self._typed(name, str, "text", default)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ControlError(f"{name} holds half a character.") from None
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a string or none."""
        return self.text(name) if self.has(name) else None

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a whole number (true and false are none)."""
        value: int = self._typed(name, int, "a whole number", default)
        return value

    def share(self, name: str) -> float:
        """Return a part of a whole, from 0 to 1."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ControlError(f"{name} must be a number from 0 to 1.")
        return float(value)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        value: bool = self._typed(name, bool, "true or false", default)
        return value

    def items(self, name: str, kind: type, what: str) -> list[Any]:
        """Return a list of ``kind``; ``what`` names it in the error."""
        value: list[Any] = self._typed(name, list, f"a list of {what}", None)
        if any(type(item) is not kind for item in value):
            raise ControlError(f"{name} must be a list of {what}.")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Return one of some words."""
        value = self.text(name)
        if value not in choices:
            raise ControlError(f"{name} must be one of: {', '.join(choices)}.")
        return value

    def _typed(self, name: str, kind: type, what: str, default: Any) -> Any:
        value = self.values.get(name, default)
        if value is None:
            raise ControlError(f"{name} is missing: it must be {what}.")
        if type(value) is not kind:
            raise ControlError(f"{name} must be {what}.")
        return value


async def read_body(request: web.Request) -> Body:
    """Read the JSON body of a control call."""
    try:
        values = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise ControlError("The body must be a JSON object.") from None
    return Body(values)


def query_integer(request: web.Request, name: str) -> int | None:
    """Return a whole number of the query, none where it is absent."""
    value = request.query.get(name)
    if not value:
        return None
    try:
        return int(value)
    except ValueError:
        raise ControlError(f"{name} must be a whole number.") from None
