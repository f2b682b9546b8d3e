"""Which models are whose, and their rounds read before anybody asks for them."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tournament.numerai.cache import Cache
from tournament.numerai.reading import BACKGROUND_AGE, LINKED_AGE, Reading
from tournament.source import ModelClaim, SourceError

FAILURES = 3  # in a row, before reading ahead is left for later


@dataclass(frozen=True)
class Who:
    """A model or an account, and the ids of its models by name."""

    name: str
    kind: str
    models: Mapping[str, str]


class Accounts:
    """The models and accounts of one tournament by their names, asked of the API."""

    def __init__(self, reading: Reading, cache: Cache) -> None:
        self._reading, self._cache = reading, cache
        self._catching_up: dict[str, asyncio.Task[None]] = {}

    async def who(self, name: str, *, background: timedelta | None = None) -> Who | None:
        """Who has this name: an account before a model, unless that model is all it has; None for nobody."""
        asking = asyncio.ensure_future(
            asyncio.gather(self._reading.model(name, background=background), return_exceptions=True)
        )
        failed: SourceError | None = None
        models: dict[str, str] = {}
        try:
            owned = (await self._reading.account(name, background=background)).value
            models = {each: model_id for model_id, each in owned or ()}
        except SourceError as error:
            failed = error
        if models:  # nobody waits for whether a model has that name too: that is never kept where none has
            [alone, *others] = models
            if others or alone.casefold() != name.casefold():
                return Who(name, "account", models)
            return Who(alone, "model", models)
        [result] = await asking
        if isinstance(result, BaseException):
            raise result
        if result.value is not None:
            return Who(result.value[1], "model", {result.value[1]: result.value[0]})
        if failed is not None:
            raise failed
        return None

    async def claims(self, account: str | None, model: str, label: str) -> ModelClaim:
        """Whose a model is and what its bio says, by two questions that are never answered from what is kept.

        Both of Numerai's pages have to agree: the model's names the account, and the account's lists the
        model. Raises ValueError for an unknown model and, where `account` is given, for one of another.
        """
        told = await self._reading.profile_now(model)
        if told is None:
            raise ValueError(f"{label} has no model of that name. Check how it is spelled.")
        model_id, name, owner, bio = told
        if account is not None and account.casefold() != owner.casefold():
            raise ValueError("That model belongs to another account. Check how both are spelled.")
        told = await self._reading.owner_now(owner)
        if told is None or model_id not in [each for each, _ in told["models"]]:
            raise ValueError("Numerai does not list that model in its account. Try another of your models.")
        return ModelClaim(owner, model_id, name, bio, told["bio"], told["discord"])

    async def read_ahead(self, names: Iterable[str]) -> None:
        """Read the histories of these names in the background, the oldest first.

        What can't be read stops no other name at once; raises the last SourceError where there was one.
        """
        failed: SourceError | None = None
        in_a_row = 0
        ids: dict[str, None] = {}
        for name in names:
            try:
                who = await self.who(name, background=BACKGROUND_AGE)
                ids |= dict.fromkeys(who.models.values() if who else ())
                in_a_row = 0
            except SourceError as error:
                failed, in_a_row = error, in_a_row + 1
                if in_a_row == FAILURES:
                    raise
        questions = {self._reading.question("history", model_id): model_id for model_id in ids}
        moments = await self._cache.moments(questions)
        never = datetime.min.replace(tzinfo=UTC)
        for question in sorted(questions, key=lambda each: moments.get(each, never)):
            try:
                answer = await self._reading.performances(questions[question], background=LINKED_AGE)
                if answer.late:
                    raise SourceError(answer.late)
                in_a_row = 0
            except SourceError as error:
                failed, in_a_row = error, in_a_row + 1
                if in_a_row == FAILURES:
                    raise
        if failed is not None:
            raise failed

    def catch_up(self, name: str) -> None:
        """Read in the background what a member's share or patience was not enough for."""
        if name not in self._catching_up:
            task = self._catching_up[name] = asyncio.create_task(self._read_quietly(name))
            task.add_done_callback(lambda _: self._catching_up.pop(name))

    async def close(self) -> None:
        """Give up what is being read."""
        for task in list(self._catching_up.values()):
            task.cancel()
        await asyncio.gather(*self._catching_up.values(), return_exceptions=True)

    async def _read_quietly(self, name: str) -> None:
        with contextlib.suppress(SourceError):  # whoever asks again is told
            await self.read_ahead([name])
