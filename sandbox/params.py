"""The parameters of a Bot API call, from a query, a form, an upload or JSON, read as Telegram reads them."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.refusals import Refusal, bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime_type: str
    data: bytes


@dataclass(slots=True)
class Params:
    """Values by name: strings from forms, any JSON from JSON bodies. Absent and null are the same."""

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a string, empty where there is none. Raises a 400 for text that is not Unicode."""
        value = self.values.get(name)
        text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number; what is none counts as ``default``, as at Telegram."""
        try:
            return int(str(self.values.get(name)))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return str(self.values.get(name, "")).lower() in ("true", "yes", "1")

    def json(self, name: str, expected: type, what: str) -> Any:
        """Return an object or a list, none where it is absent.

        Raises a 400 "can't parse ``what`` JSON object" for anything else.
        """
        value = self.values.get(name)
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except ValueError:
                raise bad_request(f"can't parse {what} JSON object") from None
        if value is None or value == "":
            return None
        if not isinstance(value, expected):
            raise bad_request(f"can't parse {what} JSON object")
        return value


async def read_params(request: web.Request) -> Params:
    """Read the query and the body of a call, whichever of Telegram's forms it has."""
    params = Params(dict(request.query))
    if not request.can_read_body:
        return params
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text())
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(400, "Bad Request: can't parse request body as JSON object")
        params.values |= {key: value for key, value in body.items() if value is not None}
        return params
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    except ValueError:
        raise bad_request("can't parse request body") from None
    for name, value in form.items():
        if isinstance(value, FileField):
            with value.file:
                params.uploads[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            params.values[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    return params
