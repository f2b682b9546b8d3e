"""When the stake is looked at: on its newest day, on a day that was kept, or at risk in a round."""

import asyncio
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.stakes.holders import owners_of
from storage.database import Database
from storage.market.snapshots import StakeSnapshot, snapshots
from tournament.source import WHOLE, History, Numbers, Rounds, Source, SourceError, Stakes, TournamentField
from wording.names import find_rounds
from wording.numbers import counted, percent

OFFERED_DAYS, OFFERED_ROUNDS = 9, 6


@dataclass(frozen=True)
class Moment:
    """Who held the stake at a time: when that was, and what is not known of it, in words."""

    stakes: Stakes
    said: str  # "on 2022-12-22", "at risk in round 318"
    limit: str = ""  # a sentence; "" where everybody is known
    counts: str = ""  # a sentence on who everybody is, where that is not who staked on a day


@dataclass(frozen=True)
class Moments:
    """Days, the newest first, and rounds, the newest first, that can be asked for."""

    days: tuple[date, ...]
    rounds: tuple[int, ...]


async def moment(database: Database, source: Source, typed: str | None) -> Moment:
    """The stakes as they are, or on a kept day like "2022-12-22", or at risk in a round like "round 318".

    Raises ValueError with what there is, for a day or a round that is not known.
    """
    newest = await source.stakes()
    if typed is None:
        return Moment(newest, f"on {newest.day}")
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return await _in_round(source, newest, typed)
    if day == newest.day:
        return Moment(newest, f"on {newest.day}")
    kept = {each.day: each for each in await snapshots(database, source.tournament, source.label)}
    if day not in kept:
        days = ", ".join(str(each) for each in sorted({newest.day, *kept})[-5:])
        raise ValueError(f"No stakes of {day} are kept here. There are those of {days}.")
    return Moment(_as_stakes(kept[day]), f"on {day}")


async def moments(database: Database, source: Source) -> Moments:
    """What can be asked for: the newest day, some that were kept before it, and some rounds."""
    newest = (await source.stakes()).day
    kept = {each.day for each in await snapshots(database, source.tournament, source.label)}
    days = sorted({newest, *kept}, reverse=True)
    try:
        field = await source.everyone()
    except SourceError:
        return Moments(tuple(days[:OFFERED_DAYS]), ())
    rounds = field.numbers[field.staked > 0][::-1]
    some = np.unique(np.linspace(0, rounds.size - 1, min(rounds.size, OFFERED_ROUNDS)).astype(np.intp))
    return Moments(tuple(days[:OFFERED_DAYS]), tuple(rounds[some].tolist()))


async def _in_round(source: Source, newest: Stakes, typed: str) -> Moment:
    field, calendar = await source.everyone(), await source.rounds()
    staked = field.numbers[field.staked > 0]
    if not staked.size:
        raise ValueError("No stake at risk in any round is known here. Ask without a day or a round.")
    found = find_rounds(typed, staked)
    if found.size != 1:
        raise ValueError("That is more than one round. Write one day like 2022-12-22, or one like round 318.")
    return await asyncio.to_thread(_read, field, calendar, newest, found)


def _read(field: TournamentField, calendar: Rounds, newest: Stakes, found: Numbers) -> Moment:
    rows = field.read(found)
    return _at_risk(rows.only(rows.stake > 0), calendar, newest, int(found[0]))


def _at_risk(rows: History, calendar: Rounds, newest: Stakes, number: int) -> Moment:
    owners = owners_of(rows.models, newest)
    model_stake = np.bincount(rows.model, weights=rows.stake, minlength=len(rows.models)).astype(np.float64)
    there = np.flatnonzero(model_stake)
    models, held = tuple(rows.models[at] for at in there), model_stake[there]
    accounts: tuple[str, ...] = ()
    account_stake, account_of = np.zeros(0), None
    if owners is not None:
        numbers, account_of = np.unique(owners[there], return_inverse=True)
        model_of = dict(zip(owners[there].tolist(), models, strict=True))
        which: list[int] = numbers.tolist()
        # who is not on the leaderboard any more is an account alone
        known = newest.accounts
        accounts = tuple(known[owner] if owner < len(known) else model_of[owner] for owner in which)
        account_stake = np.bincount(account_of, weights=held).astype(np.float64)
    at = np.flatnonzero(calendar.number == number)
    opened = calendar.opened[at[0]].astype("datetime64[D]").item() if at.size else newest.day
    total = float(calendar.total_at_risk[at[0]]) if at.size else np.nan
    stakes = Stakes(opened, models, held, accounts, account_stake, account_of, newest.guessed)
    said, share = f"at risk in round {number}", float(held.sum()) / total if total > 0 else np.nan
    whose = "; whose each is, Numerai does not tell" if owners is None else ""
    if share >= WHOLE:
        counts = f"Everybody in it is counted: {counted(len(models), 'model')}{whose}."
        return Moment(stakes, said, counts=counts)
    part = f", {percent(share)} of all at risk," if total > 0 else ""
    return Moment(
        stakes,
        said,
        f"Only the {counted(len(models), 'model')} in this data{part} can be counted in a round{whose}.",
    )


def _as_stakes(kept: StakeSnapshot) -> Stakes:
    models, accounts = (
        (tuple(name for name, _ in held), np.array([stake for _, stake in held], dtype=np.float64))
        for held in (kept.models, kept.accounts)
    )
    return Stakes(kept.day, *models, *accounts, None, kept.guessed)
