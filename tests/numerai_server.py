"""Numerai's GraphQL API on 127.0.0.1 over invented data, failing as it is told to."""

import asyncio
import json
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Self

from aiohttp import web

from tests import numerai_data

ROOT_FIELD = re.compile(r"\{\s*([A-Za-z_][A-Za-z0-9_]*)")
LONGEST_HANG = 30.0
HTML = "<!doctype html><html><title>Down for maintenance</title></html>"
FAULTS = (
    "429",
    "500",
    "hang",
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
class Asked:
    """A request as it came in."""

    root: str
    variables: dict[str, Any]
    query: str = ""


@dataclass
class _Fault:
    name: str
    left: int | None
    only: str | None
    headers: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=128)  # a quarter of a megabyte each, and the same for every server
def performances_as_text(model: numerai_data.Invented, tournament: int, numbers: range) -> str:
    return json.dumps(list(numerai_data.performances(model, tournament, numbers)))


class LoopbackNumerai:
    """The server; entering its `async with` starts it, leaving it lets go of everybody it keeps hanging."""

    def __init__(self, *, latency: float = 0.0, first_round: int = 1280, last_round: int = 1401) -> None:
        self.latency = latency
        self.numbers = range(first_round, last_round + 1)
        self.largest_page = 200
        self.models = dict(numerai_data.invented_models())
        self.announced: dict[str, float] | None = None  # multipliers, instead of those of the round
        self.bios: dict[str, Any] = {}
        self.requests: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self._faults: list[_Fault] = []
        self._answers: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._leaving = asyncio.Event()
        application = web.Application()
        application.add_routes([web.post("/", self._post)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leaving.set()
        await self._runner.cleanup()

    def fail(
        self, fault: str, *, times: int | None = None, only: str | None = None, retry_after: str | None = None
    ) -> None:
        """Answer the next `times` questions (to the root field `only`), or all of them, with this fault."""
        assert fault in FAULTS, fault
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self._faults.append(_Fault(fault, times, only, headers))

    def heal(self) -> None:
        """Answer everything again."""
        self._faults.clear()

    def set_bio(self, model: str, bio: Any) -> None:
        """Let a model's profile say this from now on; a bio is a text or None, and anything goes."""
        self.bios[model] = bio
        self._answers.clear()

    def move(self, model: str, account: str) -> None:
        """Let a model belong to this account from now on; an account without models is gone."""
        self.models[model] = replace(self.models[model], account=account)
        self._answers.clear()

    def asked(self, root: str) -> list[Asked]:
        """The questions to one root field, oldest first."""
        return [request for request in self.requests if request.root == root]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        found = ROOT_FIELD.search(body["query"])
        assert found is not None, body
        root, variables = found[1], body.get("variables") or {}
        self.requests.append(Asked(root, variables, body["query"]))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.latency)
            fault = self._due(root)
            if fault is None:
                return web.Response(text=self._answer(root, variables), content_type="application/json")
            return await self._fail(request, fault, self._answer(root, variables))
        finally:
            self.at_once -= 1

    def _due(self, root: str) -> _Fault | None:
        for fault in self._faults:
            if fault.only in (None, root) and fault.left != 0:
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    async def _fail(self, request: web.Request, fault: _Fault, good: str) -> web.StreamResponse:
        match fault.name:
            case "429" | "500" | "404":
                status = int(fault.name)
                return web.json_response({"error": "made to fail"}, status=status, headers=fault.headers)
            case "hang":
                await asyncio.wait({asyncio.ensure_future(self._leaving.wait())}, timeout=LONGEST_HANG)
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

    def _answer(self, root: str, variables: dict[str, Any]) -> str:
        # the same question gets the same answer, made once: tests measure the client, not this server
        key = json.dumps([root, variables], sort_keys=True)
        if key not in self._answers:
            found = getattr(self, f"_{root}")(variables)
            text = found if isinstance(found, str) else json.dumps(found)
            self._answers[key] = f'{{"data": {{"{root}": {text}}}}}'
        return self._answers[key]

    def _model(self, model_id: str) -> numerai_data.Invented | None:
        return next((model for model in self.models.values() if model.id == model_id), None)

    def _v3UserProfile(self, variables: dict[str, Any]) -> numerai_data.Json | None:  # noqa: N802 - the API's word
        model = self.models.get(variables["model_name"].lower())
        if model is None or variables.get("tournament", numerai_data.CLASSIC) not in model.spans:
            return None
        return {
            "id": model.id,
            "startDate": "2024-01-02T00:00:00Z",
            "username": model.name,
            "accountName": model.account,
            "bio": self.bios.get(model.name),
            "nmrStaked": numerai_data.nmr(model.stake) if model.stake else None,
        }

    def _accountProfile(self, variables: dict[str, Any]) -> numerai_data.Json | None:  # noqa: N802
        tournament = variables.get("tournament", numerai_data.CLASSIC)
        owned = [model for model in self.models.values() if model.account == variables["username"].lower()]
        if not owned:
            return None
        return {
            "models": [
                {"id": model.id, "displayName": model.name, "tournament": tournament}
                for model in owned
                if tournament in model.spans
            ]
        }

    def _v2RoundModelPerformances(self, variables: dict[str, Any]) -> str | list[numerai_data.Json] | None:  # noqa: N802
        model = self._model(variables["modelId"])
        if model is None:
            return None
        return performances_as_text(model, variables["tournament"], self.numbers)

    def _submissionScores(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        model = self._model(variables["modelId"])
        assert model is not None, variables
        rows = numerai_data.performances(model, variables["tournament"], self.numbers)
        return [
            {
                "roundNumber": row["roundNumber"],
                "roundResolveTime": row["roundResolveTime"],
                "resolved": row["roundResolved"],
                "version": "1",
                **{key: score[key] for key in ("date", "day", "displayName", "percentile", "value")},
            }
            for row in rows
            if "roundNumber" in row
            for score in row["submissionScores"] or ()
            if variables.get("displayName") in (None, score["displayName"])
        ]

    def _rounds(self, variables: dict[str, Any]) -> list[numerai_data.Json]:
        wanted = variables.get("number")
        entries = [
            numerai_data.round_entry(number, variables["tournament"], self.announced)
            for number in reversed(self.numbers)
            if wanted in (None, number)
        ]
        return entries[: variables.get("limit")]

    def _pipelineStatus(self, variables: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        moment = numerai_data.when(numerai_data.NOW)
        times = dict.fromkeys(("dataReadyAt", "resolvedAt", "scoredAt", "startedAt"), moment)
        return {**times, "isScoringDay": True, "tournament": variables["tournament"]}

    def _latestCurrencyPrice(self, variables: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        symbols = {key: variables[key] for key in ("baseSymbol", "targetSymbol")}
        return {**symbols, "lastUpdated": "2026-11-20 11:30:00Z", "price": "7.25000000"}

    def _v2Leaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.CLASSIC, variables)

    def _signalsLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.SIGNALS, variables)

    def _cryptosignalsLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.CRYPTO, variables)

    def _leaderboard(self, tournament: int, variables: dict[str, Any]) -> list[numerai_data.Json]:
        rows = [
            {
                "username": model.name,
                "nmrStaked": numerai_data.nmr(model.stake) if model.stake else None,
                "mmcRep": None,
            }
            for model in self.models.values()
            if tournament in model.spans
        ]
        return self._page(rows, variables)

    def _accountLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        stakes: dict[str, float] = {}
        for model in self.models.values():
            if variables.get("tournament", numerai_data.CLASSIC) in model.spans:
                stakes[model.account] = stakes.get(model.account, 0.0) + model.stake
        rows = [
            {
                "username": account,
                "displayName": account.title(),
                "nmrStaked": numerai_data.nmr(stake),
                "return1y": None,
            }
            for account, stake in stakes.items()
        ]
        return self._page(rows, variables)

    def _page(self, rows: list[numerai_data.Json], variables: dict[str, Any]) -> list[numerai_data.Json]:
        start = variables.get("offset") or 0
        ranked = [{**row, "rank": rank} for rank, row in enumerate(rows, 1)]
        return ranked[start : start + min(variables.get("limit") or 50, self.largest_page)]
