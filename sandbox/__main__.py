"""``python -m sandbox --port 8080``: run the local Bot API until it is stopped."""

import argparse
import asyncio
import signal

from sandbox.loopback import is_loopback
from sandbox.server import serve


async def _run(port: int, host: str) -> None:
    stopped = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    async with serve(port, host) as address:
        print(address, flush=True)
        await stopped.wait()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    arguments = parser.parse_args()
    if not is_loopback(arguments.host):
        parser.error(f"the sandbox listens on loopback only, not on {arguments.host}")
    asyncio.run(_run(arguments.port, arguments.host))


if __name__ == "__main__":
    main()
