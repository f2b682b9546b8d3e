"""The whole rounds of one tournament: kept in the database, held in memory once everyone is asked about."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from storage.database import Database, StorageError
from storage.market.whole_rounds import (
    PackedRound,
    drop_rounds,
    field_models,
    keep_round,
    kept_rounds,
    packed_round,
)
from tournament.numerai.field.details import HELD, LIKENESS, RoundHead, WholeRound
from tournament.numerai.field.packed import Whole, as_floats, as_whole, pack, unpack
from tournament.source import SourceError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RoundOutline:
    """What is known of a kept round without its models.

    columns: the names of those it has. models, staked: how many models, and how many with a stake; stake:
    what they hold together, in NMR. size: bytes that it takes.
    """

    head: RoundHead
    columns: tuple[str, ...]
    models: int
    staked: int
    stake: float
    size: int
    fetched_at: datetime

    @property
    def covered(self) -> float:
        """The share of the stake at risk that the told models hold; nan where the API tells no total."""
        return self.stake / self.head.at_risk if self.head.at_risk else float("nan")


@dataclass(frozen=True)
class Narrow:
    """The models (n,) of a round by their numbers, and columns (n,) in whole units."""

    model: NDArray[np.int32]
    columns: Mapping[str, Whole]


class KeptRounds:
    """The kept rounds of a tournament. What the database can't give or take raises SourceError."""

    def __init__(self, database: Database, tournament: str) -> None:
        self._database, self._tournament = database, tournament
        self._loading = asyncio.Lock()
        self._loaded = False
        self._numbers: dict[str, int] = {}  # of models, by their key
        self._names: list[str] = []
        self._kept: dict[int, RoundOutline] = {}
        self._narrow: dict[int, Narrow] = {}

    async def all(self) -> Mapping[int, RoundOutline]:
        """Every kept round by its number, in order."""
        await self._load()
        return self._kept

    async def names(self) -> tuple[str, ...]:
        """The newest name of each model, in the order of their numbers."""
        await self._load()
        return tuple(self._names)

    async def narrow(self) -> Mapping[int, Narrow]:
        """The models of every kept round, without what they are like; all of it is in memory from then on."""
        await self._load()
        async with self._loading:
            missing = [number for number in self._kept if number not in self._narrow]
            for number in missing:
                found = await self._unpacked(number, None)
                if found is not None:
                    self._narrow[number] = found
            return {number: self._narrow[number] for number in self._kept if number in self._narrow}

    async def keep(self, told: WholeRound, now: datetime) -> None:
        """Keep a round in place of what was kept of it."""
        await self._load()
        async with self._loading:
            new = [
                (len(self._names) + at, key, name)
                for at, (key, name) in enumerate(
                    (key, name)
                    for key, name in zip(told.keys, told.names, strict=True)
                    if key not in self._numbers
                )
            ]
            numbers = self._numbers | {key: number for number, key, _ in new}
            renamed = [
                (numbers[key], key, name)
                for key, name in zip(told.keys, told.names, strict=True)
                if key in self._numbers and self._names[numbers[key]] != name
            ]
            narrow, packed = await asyncio.to_thread(_packed, told, numbers)
            kept = _summed_up(told, len(packed), now)
            row = PackedRound(told.head.number, told.head.resolved, _as_json(kept), packed, now)
            try:
                await keep_round(self._database, self._tournament, row, [*new, *renamed])
            except (StorageError, sqlite3.Error) as error:
                raise SourceError("A round that was read can't be kept") from error
            self._numbers = numbers
            self._names += [name for _, _, name in new]
            for number, _, name in renamed:
                self._names[number] = name
            is_held = not self._kept.keys() - self._narrow.keys()
            self._kept = dict(sorted({**self._kept, kept.head.number: kept}.items()))
            self._narrow.pop(kept.head.number, None)
            if is_held and self._narrow:
                self._narrow[kept.head.number] = narrow

    async def drop(self, *, before: int) -> None:
        """Drop the rounds before this one."""
        await self._load()
        async with self._loading:
            if not any(number < before for number in self._kept):
                return
            try:
                await drop_rounds(self._database, self._tournament, before=before)
            except (StorageError, sqlite3.Error) as error:
                raise SourceError("Rounds that are too old can't be dropped") from error
            self._kept = {number: kept for number, kept in self._kept.items() if number >= before}
            self._narrow = {number: rows for number, rows in self._narrow.items() if number >= before}

    async def likeness(self, number: int) -> Narrow | None:
        """What the models of a round are like, read from the database; None where it is not kept."""
        return await self._unpacked(number, tuple(LIKENESS.values()))

    async def _load(self) -> None:
        async with self._loading:
            if self._loaded:
                return
            try:
                models = await field_models(self._database, self._tournament)
                rows = await kept_rounds(self._database, self._tournament)
            except (StorageError, sqlite3.Error) as error:
                raise SourceError("The rounds that were read can't be looked up") from error
            self._numbers = {key: number for number, (key, _) in enumerate(models)}
            self._names = [name for _, name in models]
            outlines = {row.number: _from_json(row.head, row.size, row.fetched_at) for row in rows}
            self._kept = {number: found for number, found in outlines.items() if found is not None}
            self._loaded = True

    async def _unpacked(self, number: int, wanted: Iterable[str] | None) -> Narrow | None:
        """Columns of a round: those that are wanted, without it those that are held."""
        try:
            packed = await packed_round(self._database, self._tournament, number)
        except (StorageError, sqlite3.Error) as error:
            raise SourceError("The rounds that were read can't be looked up") from error
        if packed is None:
            return None
        if wanted is None:
            wanted = [name for name in self._kept[number].columns if _is_held(name)]
        try:
            return Narrow(*await asyncio.to_thread(unpack, packed, wanted))
        except ValueError:
            log.warning("a kept round is damaged", extra={"fields": {"round": number}})
            return None


def column(rounds: Iterable[Narrow], name: str) -> NDArray[np.float64]:
    """A column of several rounds one after another, NaN in those that have it not."""
    kind = as_whole(name, np.empty(0)).dtype
    return as_floats(
        name,
        np.concatenate(
            [np.empty(0, kind)]
            + [
                each.columns[name] if name in each.columns else np.full(each.model.size, np.iinfo(kind).min)
                for each in rounds
            ],
            dtype=kind,
        ),
    )


def _is_held(name: str) -> bool:
    return name in HELD or name not in LIKENESS.values()


def _packed(told: WholeRound, numbers: Mapping[str, int]) -> tuple[Narrow, bytes]:
    model = np.array([numbers[key] for key in told.keys], dtype=np.int32)
    order = np.argsort(model)
    columns = {name: as_whole(name, values[order]) for name, values in told.columns.items()}
    held = {name: values for name, values in columns.items() if _is_held(name)}
    return Narrow(model[order], held), pack(model[order], columns)


def _summed_up(told: WholeRound, size: int, now: datetime) -> RoundOutline:
    stake = np.nan_to_num(told.columns.get("stake", np.zeros(len(told.keys))))
    return RoundOutline(
        head=told.head,
        columns=tuple(told.columns),
        models=len(told.keys),
        staked=int(np.count_nonzero(stake > 0)),
        stake=float(stake.sum()),
        size=size,
        fetched_at=now,
    )


def _as_json(kept: RoundOutline) -> str:
    told = {
        "head": asdict(kept.head),
        "columns": kept.columns,
        "models": kept.models,
        "staked": kept.staked,
        "stake": kept.stake,
    }
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def _from_json(text: str, size: int, fetched_at: datetime) -> RoundOutline | None:
    """An outline as it was kept; None where another version of the bot kept it: then it is read again."""
    try:
        told = json.loads(text)
        return RoundOutline(
            head=RoundHead(**told["head"]),
            columns=tuple(told["columns"]),
            models=told["models"],
            staked=told["staked"],
            stake=told["stake"],
            size=size,
            fetched_at=fetched_at,
        )
    except (KeyError, TypeError):
        return None
