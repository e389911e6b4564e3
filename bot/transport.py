"""python-telegram-bot's requests over aiohttp.

The library's own transport is httpx; over aiohttp a call costs less than half the processor time
(measure with `python -m benchmarks.road`), and under many calls side by side the difference grows.
"""

import io
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

UPLOAD_TIME = 300  # seconds that a call with files may take in all, over a slow line
PATIENCE = 3  # times as long as usual for the answer, since Telegram looks at files before it answers

may_leave: ContextVar[Callable[[], bool]] = ContextVar("may_leave", default=lambda: True)
"""Whether a call may be made: asked before it is, and again in the very step in which its bytes leave.

Between the two lie a few turns of the event loop, and the process may freeze in any. Only a call with files,
which leave in parts, is asked about once.
"""


class TooLate(NetworkError):
    """A call may not be made any more; Telegram has heard nothing of it."""


class _Body(aiohttp.JsonPayload):
    """A call's parameters; they leave in one step, together with the headers."""

    def __init__(self, parameters: Any) -> None:
        super().__init__(parameters)
        self._may_leave = may_leave.get()

    async def write_with_length(
        self, writer: aiohttp.abc.AbstractStreamWriter, content_length: int | None
    ) -> None:
        if not self._may_leave():
            raise TooLate("too late")
        await super().write_with_length(writer, content_length)


class AiohttpRequest(BaseRequest):
    """A pool of connections to the Bot API. Times are in seconds."""

    def __init__(self, api_url: str, *, connections: int, read_timeout: float) -> None:
        self._connections = connections
        self._proxy = _proxy_for(api_url)
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take unless a call says otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; again is no harm."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close the pool; again is no harm."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Make one call: the answer's status and body. Raises TimedOut or NetworkError."""
        if self._session is None:
            raise RuntimeError("the pool is not open")
        if not may_leave.get()():
            raise TooLate("too late")
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        uploads = request_data is not None and request_data.contains_files
        timeout = aiohttp.ClientTimeout(
            total=UPLOAD_TIME if uploads else None,
            connect=30,
            sock_connect=10,
            sock_read=seconds * PATIENCE if uploads else seconds,
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            # The texts of aiohttp's errors name the address, and the address holds the token.
            raise TimedOut from None
        except aiohttp.ClientError as error:
            if isinstance(error.__cause__, TooLate):
                raise error.__cause__ from None
            raise NetworkError(type(error).__name__) from None


def _proxy_for(api_url: str) -> str | None:
    """The operator's proxy, from the environment; aiohttp would look it up, in a thread, at every call."""
    place = urlsplit(api_url)
    return None if proxy_bypass(place.netloc) else getproxies().get(place.scheme)


def _body(request_data: RequestData | None) -> aiohttp.Payload | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return _Body(request_data.parameters)
    # Telegram takes names as they are: quoted, a file would be called "r%C3%A9ponse.pdf".
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    files: dict[str, Any] = request_data.multipart_data
    for name, (filename, content, mime) in files.items():
        # As a stream: aiohttp writes it in parts, so that a big file holds nobody else up.
        form.add_field(name, io.BytesIO(content), filename=filename, content_type=mime)
    return form
