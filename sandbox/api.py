"""The route of the Bot API: a call comes in, its answer goes out, or fails as ordered."""

import json
import re
import socket
import struct
from typing import Any

from aiohttp import web

from sandbox.faults import Fault
from sandbox.methods import METHODS, WAITING
from sandbox.params import Params, read_params
from sandbox.refusals import Refusal, cut_off, too_many_requests
from sandbox.world import World

WORLD = web.AppKey("world", World)
TOKEN = re.compile(r"([1-9][0-9]{0,15}):[A-Za-z0-9_-]+")


async def call_method(request: web.Request) -> web.Response:
    """Answer ``/bot<TOKEN>/<method>``."""
    world = request.app[WORLD]
    name = request.match_info["method"].lower()
    params = Params()
    fault: Fault | None = None
    try:
        if world.is_down:
            raise cut_off()
        check_token(world, request.match_info["token"])
        params = await read_params(request)
        fault = world.faults.take(name, _chat_id(params))
        if fault is not None:
            _fail_before(fault)
        result = await _result(world, name, params)
    except Refusal as refusal:
        answer = _refused(world, request, name, params, refusal)
    else:
        answer = _json(200, {"ok": True, "result": result})
    if fault is not None and fault.how == "timeout":
        # The work is done and nobody will hear of it: this ends when the caller hangs up, or the server.
        while not world.closing:
            await world.news.wait(60)
        cut(request)
    return answer


def check_token(world: World, token: str) -> None:
    """Let a token in: the first names the world's bot by its id. Raises a 401 for any other bot."""
    match = TOKEN.fullmatch(token)
    if match is None:
        raise Refusal(401, "Unauthorized")
    bot_id = int(match[1])
    if not world.bot.known:
        world.bot.user["id"] = bot_id
        world.changed()
    if world.bot.user["id"] != bot_id:
        raise Refusal(401, "Unauthorized")


async def _result(world: World, name: str, params: Params) -> Any:
    if name in WAITING:
        return await WAITING[name](world, params)
    method = METHODS.get(name)
    if method is None:
        raise Refusal(404, "Not Found")
    return method(world, params)


def _fail_before(fault: Fault) -> None:
    if fault.how == "429":
        raise too_many_requests(fault.retry_after)
    if fault.how == "500":
        raise Refusal(500, "Internal Server Error")
    if fault.how == "reset":
        raise cut_off()


def cut(request: web.Request) -> None:
    """Cut the connection so that the caller sees a reset, not an end."""
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def _refused(world: World, request: web.Request, name: str, params: Params, refusal: Refusal) -> web.Response:
    world.transcript.add(
        "refused",
        _chat_id(params),
        method=name,
        error_code=refusal.code,
        description=refusal.description,
        retry_after=refusal.parameters.get("retry_after"),
    )
    if refusal.code == 0:
        cut(request)
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return _json(refusal.code or 500, body)


def _chat_id(params: Params) -> int | None:
    return params.integer("chat_id") or None


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/json")


async def download(request: web.Request) -> web.Response:
    """Answer ``/file/bot<TOKEN>/<file_path>``."""
    world = request.app[WORLD]
    try:
        if world.is_down:
            raise cut_off()
        check_token(world, request.match_info["token"])
        stored = world.files.by_path(request.match_info["path"])
        if stored is None:
            raise Refusal(404, "Not Found")
    except Refusal as refusal:
        return _refused(world, request, "download", Params(), refusal)
    return web.Response(body=stored.data, content_type="application/octet-stream")
