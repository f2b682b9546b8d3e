"""What an API can do wrong instead of answering."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from functools import cache

from aiohttp import web

LONGEST_HANG = 30.0
BOMB = 800_000_000  # bytes, unpacked
HTML = "<!doctype html><html><title>Down for maintenance</title></html>"
FAULTS = (
    "429",
    "rate limited",
    "500",
    "hang",
    "drip",
    "bomb",
    "deep",
    "cut",
    "cut halfway",
    "malformed",
    "missing",
    "bare rows",
    "errors",
    "not found",
    "html",
    "404",
)


@dataclass
class Fault:
    """Which one, for how many answers more (None: all), and to which root field alone."""

    name: str
    left: int | None
    only: str | None
    headers: dict[str, str] = field(default_factory=dict)


@cache
def bomb() -> bytes:
    """Blanks that are a thousand times as many once they are unpacked."""
    packer, blanks = zlib.compressobj(wbits=zlib.MAX_WBITS | 16), b" " * 10_000_000
    return b"".join(packer.compress(blanks) for _ in range(BOMB // len(blanks))) + packer.flush()


async def fail_as(
    fault: Fault, request: web.Request, good: str, leaving: asyncio.Event
) -> web.StreamResponse:
    """The answer that a fault makes of a good one; `leaving` lets go of whom it keeps."""
    match fault.name:
        case "429" | "500" | "404":
            status = int(fault.name)
            return web.json_response({"error": "made to fail"}, status=status, headers=fault.headers)
        case "rate limited":
            return web.json_response(
                {"errors": [{"message": "slow down", "code": "rate_limited"}]}, headers=fault.headers
            )
        case "drip":
            response = web.StreamResponse(headers={"Content-Length": "100000"})
            await response.prepare(request)
            while not leaving.is_set():
                await response.write(b" ")
                await asyncio.sleep(0.05)
            return response
        case "bomb":
            return web.Response(body=bomb(), headers={"Content-Encoding": "gzip"})
        case "deep":
            return web.Response(text="[" * 100_000, content_type="application/json")
        case "hang":
            await asyncio.wait({asyncio.ensure_future(leaving.wait())}, timeout=LONGEST_HANG)
            return web.Response(status=503)
        case "cut" | "cut halfway":
            response = web.StreamResponse(headers={"Content-Length": str(len(good.encode()))})
            if fault.name == "cut halfway":
                await response.prepare(request)
                await response.write(good.encode()[: len(good) // 2])
            assert request.transport is not None
            request.transport.abort()
            return response
        case "malformed":
            return web.Response(text=good[: len(good) // 2], content_type="application/json")
        case "missing":
            return web.json_response({"data": {}})
        case "bare rows":
            [(root, rows)] = json.loads(good)["data"].items()
            return web.json_response({"data": {root: [{"id": "1"} for _ in rows or ()]}})
        case "errors":
            errors = [{"message": "Internal server error", "path": ["somewhere"]}]
            return web.json_response({"data": None, "errors": errors})
        case "not found":
            [root] = json.loads(good)["data"]
            errors = [{"message": "Could not find it: not found", "path": [root]}]
            return web.json_response({"data": {root: None}, "errors": errors})
        case _:
            return web.Response(text=HTML, content_type="text/html")
