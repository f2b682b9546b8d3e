"""Numerai's GraphQL API on 127.0.0.1 over invented data, failing as it is told to."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self

import graphql
from aiohttp import web

from tests import numerai_data
from tests.numerai.answers import Answers
from tests.numerai.crowd import Crowd
from tests.numerai.faults import FAULTS as FAULTS
from tests.numerai.faults import Fault, fail_as
from tests.numerai.schema import SCHEMA


@dataclass
class Asked:
    """A request as it came in."""

    root: str
    variables: dict[str, Any]
    query: str = ""


class Fields(dict[str, "Fields"]):
    """The fields that a query asks for under one of its own, by name."""

    def of(self, value: Any) -> Any:
        """What of a value is asked for."""
        if isinstance(value, list):
            return [self.of(each) for each in value]
        if not isinstance(value, dict) or not self:
            return value
        return {name: under.of(value[name]) for name, under in self.items() if name in value}


def fields_of(node: graphql.FieldNode | graphql.OperationDefinitionNode) -> Fields:
    found = Fields()
    for each in node.selection_set.selections if node.selection_set else ():
        assert isinstance(each, graphql.FieldNode)
        found[each.name.value] = fields_of(each)
    return found


# what servers of the invented data have answered while it was as it is: the same in all of them
UNCHANGED: dict[str, str] = {}
READ: dict[tuple[str, str], "tuple[str, Fields] | list[str]"] = {}  # the same of (schema, query)


@cache
def schema_of(text: str) -> graphql.GraphQLSchema:
    return graphql.build_schema(text)


class LoopbackNumerai(Answers):
    """The server; entering its `async with` starts it, leaving it lets go of everybody it keeps hanging."""

    def __init__(self, *, latency: float = 0.0, first_round: int = 1280, last_round: int = 1401) -> None:
        self.latency, self.clock = latency, time.monotonic
        self.numbers = range(first_round, last_round + 1)
        self.largest_page = 200
        self.models = dict(numerai_data.invented_models())
        self.crowd: Crowd | None = None  # whole rounds of Classic of so many models, instead of those
        self.announced: dict[str, float] | None = None  # multipliers, instead of those of the round
        self.bios: dict[str, Any] = {}
        self.account_bios: dict[str, Any] = {}
        self.discord_ids: dict[str, Any] = {}  # of an account's owner
        self.says: dict[str, str] = {}  # by root field, JSON instead of what it would answer
        self.whole: str | None = None  # JSON instead of any answer
        self.requests: list[Asked] = []
        self.refused = 0  # requests over what it allows
        self.at_once = self.most_at_once = 0
        self._faults: list[Fault] = []
        self._answers: dict[str, str] = {}
        self._is_apart = False
        self._limit: tuple[int, float, str] | None = None
        self._allowed: deque[float] = deque()
        self._schema_text = SCHEMA

    @property
    def schema(self) -> graphql.GraphQLSchema:
        return schema_of(self._schema_text)

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
        self._faults.append(Fault(fault, times, only, headers))

    def allow(self, requests: int, per: float, fault: str = "429") -> None:
        """Answer no more than so many requests in so many seconds, the others with this fault."""
        self._limit = (requests, per, fault)

    def heal(self) -> None:
        """Answer everything again."""
        self._faults.clear()
        self._limit = None

    def change(self, before: str, after: str) -> None:
        """Let the schema say this instead: a field or an argument that is gone, or is called otherwise."""
        assert before in self._schema_text, before
        self._schema_text = self._schema_text.replace(before, after)
        self.forget()

    def forget(self) -> None:
        """Make every answer anew, apart from other servers: of what it is made has changed."""
        self._is_apart = True
        self._answers.clear()

    def set_bio(self, model: str, bio: Any) -> None:
        """Let a model's profile say this from now on; a bio is a text or None, and anything goes."""
        self.bios[model] = bio
        self.forget()

    def link(self, account: str, discord_id: Any) -> None:
        """Let an account's profile name this Discord account from now on."""
        self.discord_ids[account] = discord_id
        self.forget()

    def move(self, model: str, account: str) -> None:
        """Let a model belong to this account from now on; an account without models is gone."""
        self.models[model] = replace(self.models[model], account=account)
        self.forget()

    def asked(self, root: str) -> list[Asked]:
        """The questions to one root field, oldest first."""
        return [request for request in self.requests if request.root == root]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        query, variables = body["query"], body.get("variables") or {}
        known = self._read(query)
        if isinstance(known, list):
            self.requests.append(Asked("", variables, query))
            return web.json_response({"errors": [{"message": each} for each in known]}, status=400)
        root, asked = known
        self.requests.append(Asked(root, variables, query))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.latency)
            fault = self._due(root)
            if fault is None:
                answer = self._answer(root, variables, asked, query)
                return web.Response(text=answer, content_type="application/json")
            return await fail_as(fault, request, self._answer(root, variables, asked, query), self._leaving)
        finally:
            self.at_once -= 1

    def _read(self, query: str) -> tuple[str, Fields] | list[str]:
        """The one root field of a query and what is asked of it; or what is wrong with it."""
        key = self._schema_text, query
        if key not in READ:
            document = graphql.parse(query)
            wrong = [error.message for error in graphql.validate(self.schema, document)]
            [operation] = document.definitions
            assert isinstance(operation, graphql.OperationDefinitionNode)
            [(root, asked)] = fields_of(operation).items()
            READ[key] = wrong or (root, asked)
        return READ[key]

    def _due(self, root: str) -> Fault | None:
        for fault in self._faults:
            if fault.only in (None, root) and fault.left != 0:
                if fault.left is not None:
                    fault.left -= 1
                return fault
        if self._limit is None:
            return None
        most, per, fault = self._limit
        while self._allowed and self._allowed[0] <= self.clock() - per:
            self._allowed.popleft()
        if len(self._allowed) >= most:
            self.refused += 1
            return Fault(fault, None, None)
        self._allowed.append(self.clock())
        return None

    def _answer(self, root: str, variables: Mapping[str, Any], asked: Fields, query: str) -> str:
        if self.whole is not None:
            return self.whole
        if root in self.says:
            return f'{{"data": {{"{root}": {self.says[root]}}}}}'
        # the same question gets the same answer, made once: tests measure the client, not this server
        key = json.dumps([query, variables, *self._bounds], sort_keys=True)
        answers = UNCHANGED if self._is_unchanged else self._answers
        if key not in answers:
            if root == "__schema":
                told = graphql.graphql_sync(self.schema, query)
                assert told.data is not None, told.errors
                text = json.dumps(told.data[root])
            else:
                text = json.dumps(asked.of(getattr(self, f"_{root}")(variables)))
            answers[key] = f'{{"data": {{"{root}": {text}}}}}'
        return answers[key]

    @property
    def _bounds(self) -> tuple[int, int, int]:
        return self.numbers.start, self.numbers.stop, self.largest_page

    @property
    def _is_unchanged(self) -> bool:
        """Whether what is answered comes of the invented data alone, and of which rounds there are."""
        told_otherwise = (
            self._is_apart, self.crowd, self.announced, self.bios, self.account_bios, self.discord_ids
        )  # fmt: skip
        return (
            type(self) is LoopbackNumerai
            and not any(told_otherwise)
            and self.models == numerai_data.invented_models()
        )
