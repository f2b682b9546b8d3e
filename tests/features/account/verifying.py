"""Models with bios that tests may change, and the two steps that prove an account."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from features.account.verify import Started, finish_verification, start_verification
from storage.database import Database
from storage.members.verifications import AccountVerification
from tournament.sample import SampleSource
from tournament.source import ModelClaim, SourceError, Tournament

ADA, BERT = 900719925474099301, 900719925474099302
NOW = datetime(2031, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
AWAY = SourceError("Numerai takes too long to answer")


class Profiles(SampleSource):
    """A live source as far as proofs go: models with bios, which tests may change, and a switch to fail."""

    def __init__(self, tournament: Tournament = "classic") -> None:
        super().__init__()
        self.tournament = tournament
        self.owners = {"tide": "tidewater", "tide_2": "tidewater", "solo": "solo"}
        self.bios = dict.fromkeys(self.owners, "")
        self.away = False
        self.asked: list[str] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def claims(self, account: str | None, model: str) -> ModelClaim:
        await self._ask(model)
        if model not in self.owners:
            raise ValueError("There is no model of that name.")
        return ModelClaim(self.owners[model], f"id of {model}", model, self.bios[model])

    async def models_now(self, account: str) -> tuple[str, ...]:
        await self._ask(account)
        return tuple(model for model, owner in self.owners.items() if owner == account)

    async def _ask(self, name: str) -> None:
        self.asked.append(name)
        await asyncio.sleep(0)  # others get their turn, as they do while Numerai is waited for
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.away:
            raise AWAY


async def start(db: Database, live: Profiles, member: int = ADA, model: str = "tide") -> str:
    started = await start_verification(db, live, member, None, model, NOW)
    assert isinstance(started, Started)
    return started.code


async def finish(
    db: Database, live: Profiles, member: int = ADA, after: timedelta = timedelta(minutes=5)
) -> AccountVerification:
    return await finish_verification(db, lambda _: live, member, NOW + after)


async def verify(db: Database, live: Profiles, member: int = ADA, model: str = "tide") -> AccountVerification:
    live.bios[model] += await start(db, live, member, model)
    return await finish(db, live, member, timedelta(0))
