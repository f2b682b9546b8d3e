"""A tournament of thousands of models, made up round by round as it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tests.features.stakes.made_up import MadeUp, stakes_of
from tournament.source import EVERYONE, History, Numbers, Rounds, TournamentField

FIRST, MODELS, STAKED = 316, 6000, 4500


def held_by() -> np.ndarray:
    """What each model risks in every round, NMR: three in four anything at all."""
    held = np.random.default_rng(1).lognormal(3, 1.2, MODELS)
    held[STAKED:] = 0
    return held


@dataclass(frozen=True)
class Large(MadeUp):
    """A source of so many rounds, the last few not final, that writes down which of them were read."""

    rounds_there: int = 60
    pending: int = 4
    staked: np.ndarray = field(default_factory=held_by)
    read: list[int] = field(default_factory=list)

    async def everyone(self) -> TournamentField:
        numbers = np.arange(FIRST, FIRST + self.rounds_there)
        return TournamentField(
            name=EVERYONE,
            kind=EVERYONE,
            models=tuple(f"model_{at:05}" for at in range(MODELS)),
            numbers=numbers,
            rows=np.full(numbers.size, MODELS),
            staked=np.full(numbers.size, np.count_nonzero(self.staked)),
            read=self._read,
        )

    async def rounds(self) -> Rounds:
        numbers = np.arange(FIRST, FIRST + self.rounds_there)
        opened = (np.datetime64("2031-05-06") + 7 * np.arange(numbers.size)).astype("datetime64[s]")
        one, total = np.ones(numbers.size), float(self.staked.sum())
        month = np.timedelta64(30 * 86400, "s")
        return Rounds(numbers, opened, opened + month, total * one, total / 2 * one, one / 2, one > 0)

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        return dict.fromkeys(("corr", "tc"), (FIRST, FIRST + self.rounds_there - 1))

    def frame(self) -> pd.DataFrame:
        """All rows with a stake as pandas has them, without having asked for any."""
        found = self._made(np.arange(FIRST, FIRST + self.rounds_there))
        names = ("model", "round", "stake", "payout", "resolved")
        frame = pd.DataFrame({name: getattr(found, name) for name in names} | dict(found.scores))
        return frame[frame["stake"] > 0]

    def _read(self, wanted: Numbers) -> History:
        self.read.extend(wanted.tolist())
        return self._made(wanted)

    def _made(self, wanted: Numbers) -> History:
        drawn = [np.random.default_rng(number).normal(0, 0.02, (2, MODELS)) for number in wanted.tolist()]
        corr, tc = np.concatenate(drawn, axis=1) if drawn else np.zeros((2, 0))
        one, stake = np.ones(corr.size), np.tile(self.staked, wanted.size)
        number = np.repeat(wanted, MODELS)
        return History(
            name=EVERYONE,
            kind=EVERYONE,
            models=tuple(f"model_{at:05}" for at in range(MODELS)),
            model=np.tile(np.arange(MODELS), wanted.size),
            round=number,
            scores={"corr": corr, "tc": tc},
            chosen={"corr": one, "tc": one},
            payout_factor=one / 2,
            stake=stake,
            payout=stake * np.clip(corr + tc, -0.05, 0.05) / 2,
            resolved=number < FIRST + self.rounds_there - self.pending,
        )


def owned_by_two(staked: np.ndarray) -> dict[str, object]:
    """A leaderboard on which two models in a row have one owner, as an argument of Large."""
    return {"held": stakes_of(staked, np.arange(MODELS) // 2, guessed=False)}
