"""What a member can be warned of, one entry each: what reads them reads this table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np

from features.promises.ledger import ledger
from scoring.rules import describe_multipliers, load_rules
from storage.database import Database
from storage.moments import from_text, to_text
from tournament.source import History, Source, SourceError
from wording.numbers import amount, counted, listed, number, signed

OVERDUE_AT_ONCE = 20  # promises that are looked at
WITHOUT_NUMBERS = str.maketrans("", "", "0123456789.,")
NAMED = 3  # of a kind in one message; the others are counted


@dataclass(frozen=True)
class Watched:
    """Whom to look after: the server, the numbers, and the rows of the account that was linked."""

    database: Database
    source: Source
    guild_id: int
    history: History | None  # None without one that can be read
    bound: float  # percent of the stake in a round
    now: datetime

    @property
    def rows(self) -> History:
        """The rows of the linked account. Raises SourceError where there are none to look at."""
        if self.history is None:
            raise SourceError("There is no linked account that can be read")
        return self.history


@dataclass(frozen=True)
class Found:
    """Sentences that are news, and what to keep so that they are not told again: JSON."""

    sentences: tuple[str, ...]
    keep: Any


@dataclass(frozen=True)
class WarningKind:
    """An entry of KINDS. look: takes what was kept the last time, None at first; SourceError: can't tell."""

    words: str  # on the card and in the menu
    about: str  # one more line in the menu
    look: Callable[[Watched, Any], Awaitable[Found]]
    of_account: bool = False  # whether it needs a linked account that can be read


async def _rule(at: Watched, kept: Any) -> Found:
    """A rule on record or announced that was not there before; at first only what there is is noted."""
    tournament = at.source.tournament
    live = await at.source.live_rule()
    announced = None if live is None else f"{describe_multipliers(live.multipliers)} clip {live.clip:g}"
    on_record = [rule.id for rule in load_rules() if rule.tournament == tournament]
    keep = {"tournament": tournament, "live": announced, "on_record": on_record}
    if kept is None or kept["tournament"] != tournament:
        return Found((), keep)
    sentences = [
        f"{rule.id} is a new rule on record: {describe_multipliers(rule.multipliers)}."
        for rule in load_rules()
        if rule.id in set(on_record) - set(kept["on_record"])
    ]
    if live is not None and kept["live"] is not None and announced != kept["live"]:
        since = "" if live.first_round is None else f"From round {live.first_round} on, "
        told = f"Numerai announces {announced} instead of {kept['live']} for {tournament.title()}."
        sentences.insert(0, f"{since}{told}" if since else told)
    return Found(tuple(sentences), keep if announced is not None else keep | {"live": kept["live"]})


async def _round(at: Watched, kept: Any) -> Found:
    """Open rounds that stand below the bound, each once."""
    rows = at.rows.only(~at.rows.resolved & (at.rows.stake > 0) & ~np.isnan(at.rows.payout))
    numbers, which = np.unique(rows.round, return_inverse=True)
    stake = np.bincount(which, weights=rows.stake, minlength=numbers.size)
    shares = np.bincount(which, weights=rows.payout, minlength=numbers.size) / stake
    low = {int(n): float(share) for n, share in zip(numbers, shares, strict=True) if share < -at.bound / 100}
    news = [each for each in low if each not in (kept or [])]
    told = [f"round {each} stands at {amount(100 * low[each], '%')}" for each in news[-NAMED:]]
    more = f", and {counted(len(news) - NAMED, 'older round')} below your bound too" if news[NAMED:] else ""
    sentence = f"So far {listed(told)} of your stake in it{more}." if told else ""
    return Found((sentence,) if sentence else (), sorted(low))


async def _released(at: Watched, kept: Any) -> Found:
    """Rounds with a stake of theirs that resolved since the last look."""
    rows, keep = at.rows, to_text(at.now)
    if kept is None:
        return Found((), keep)
    calendar = await at.source.rounds()
    since, until = (np.datetime64(each.replace(tzinfo=None), "s") for each in (from_text(kept), at.now))
    over = calendar.number[(calendar.resolves > since) & (calendar.resolves <= until)]
    rows = rows.only(np.isin(rows.round, over) & (rows.stake > 0))
    if not rows.round.size:
        return Found((), keep)
    numbers = np.unique(rows.round)
    which = f"Round {numbers[0]} has" if numbers.size == 1 else f"{counted(numbers.size, 'round')} have"
    paid = float(np.nansum(rows.payout))
    earned = "" if np.isnan(rows.payout).all() else f", {signed(paid, 'NMR')} of pay"
    return Found(
        (f"{which} resolved: {amount(float(rows.stake.sum()), 'NMR')} of yours are out of it{earned}.",),
        keep,
    )


async def _churn(at: Watched, kept: Any) -> Found:
    """Models that are over a limit of the tournament or near it; again only once they were away from it."""
    # its numbers change every day; the warning does not
    keys = [each.translate(WITHOUT_NUMBERS) for each in at.rows.warnings]
    news = [each for each, key in zip(at.rows.warnings, keys, strict=True) if key not in (kept or [])]
    more = [f"And {counted(len(news) - NAMED, 'more model')} like these."] if news[NAMED:] else []
    return Found((*news[:NAMED], *more), keys)


async def _promise(at: Watched, kept: Any) -> Found:
    """Promises of this server's record that are overdue, each once."""
    found = await ledger(at.database, at.guild_id, at.now, which="overdue", size=OVERDUE_AT_ONCE)
    late = {each.label: each for each in found.entries if each.kind != "question"}
    news = [each for label, each in late.items() if label not in (kept or [])]
    more = [f"And {counted(len(news) - NAMED, 'more promise')} on record."] if news[NAMED:] else []
    told = [
        f"A promise is overdue by {counted(each.days, 'day')}: “{each.what}” ({each.label})."
        for each in news[:NAMED]
    ]
    return Found((*told, *more), sorted(late))


KINDS: Mapping[str, WarningKind] = MappingProxyType(
    {
        "rule": WarningKind(
            "The payout rule changes", "A rule is announced, or the live configuration changes", _rule
        ),
        "round": WarningKind(
            "A round of mine does badly", "It falls below a bound that you choose", _round, of_account=True
        ),
        "released": WarningKind(
            "A round of mine resolves", "Its NMR is no longer at risk", _released, of_account=True
        ),
        "churn": WarningKind(
            "Churn or turnover nears its limit", "Of one of my models", _churn, of_account=True
        ),
        "promise": WarningKind("A promise is overdue", "On this server's record", _promise),
    }
)
BOUNDS: tuple[float, ...] = (1, 2, 5, 10, 25)  # percent of the stake in a round
USUAL_BOUND = 5.0


def bound_words(bound: float) -> str:
    """ "below -5 %"."""
    return f"below −{number(bound)} %"
