"""Invented tournaments in the shapes of Numerai's API: accounts, models, rounds, scores and payouts."""

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLASSIC, SIGNALS, CRYPTO = 8, 11, 12
NEW_RULE = 1343  # the first round that is paid by the scores over 60 days
NEW_RULE_OPENS = datetime(2026, 8, 28, 13, tzinfo=UTC)
NO_FACTOR, TWICE, NAMELESS = 1300, 1310, 1320  # what is odd about the rounds of the model "odd_rounds"
THRESHOLDS = {CLASSIC: 72_000.0, SIGNALS: 36_000.0, CRYPTO: 10_000.0}

Json = dict[str, Any]


class Present:
    """A moment that can be put forward."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@dataclass(frozen=True, eq=False)
class Invented:
    """A model: where it takes part from which round to which, and what it has at risk since when."""

    name: str
    account: str
    stake: float
    spans: dict[int, tuple[int, int]] = field(default_factory=lambda: {CLASSIC: (0, 9999)})
    staked_from: int = 0

    @cached_property
    def id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.name))


@cache
def invented_models() -> dict[str, Invented]:
    """Accounts of ten, a hundred and one, the odd ones, a crowd, and the other tournaments."""
    models = [Invented("tidewater", "tidewater", 500.0)]
    models += [Invented(f"tidewater_{n}", "tidewater", 100.0 + n) for n in range(2, 11)]
    models += [Invented(f"heron_{n:03}", "hundred_herons", 10.0 + n / 100) for n in range(100)]
    models += [
        Invented("solo_wren", "solo_wren", 50.0),
        Invented("drifter", "drifters", 30.0, {CLASSIC: (0, 1299), SIGNALS: (1300, 9999)}),
        Invented("drifter_2", "drifters", 31.0),
        Invented("late_starter", "late_starters", 40.0, staked_from=1305),
        Invented("odd_rounds", "oddities", 20.0),
        Invented("empty_nest", "oddities", 0.0, {CLASSIC: (9999, 9999)}),
        Invented("harbor_light", "harbor", 70.0, {SIGNALS: (0, 9999)}),
        Invented("comet_trail", "comets", 5.0, {CRYPTO: (0, 9999)}),
    ]
    models += [Invented(f"crowd_{n:03}", f"crowd_{n:03}", 1000.0 / (n + 1)) for n in range(250)]
    return {model.name: model for model in models}


@cache
def opening(number: int) -> datetime:
    """When a round opens: one each day from Tuesday to Saturday."""
    day, step = NEW_RULE_OPENS, 1 if number >= NEW_RULE else -1
    for _ in range(abs(number - NEW_RULE)):
        day += timedelta(days=step)
        while day.weekday() in (6, 0):
            day += timedelta(days=step)
    return day


def resolving(number: int) -> datetime:
    return opening(number).replace(hour=20) + timedelta(days=88 if number >= NEW_RULE else 31)


def is_resolved(number: int) -> bool:
    return resolving(number) <= NOW


def at_stake(number: int) -> float:
    return 600_000.0 + 1000 * (number % 50)


def factor(number: int, tournament: int) -> float:
    return 1.0 if number >= NEW_RULE else min(1.0, THRESHOLDS[tournament] / at_stake(number))


def clip(number: int, tournament: int) -> float:
    return 0.035 if tournament == SIGNALS else 1.0 if number >= NEW_RULE else 0.05


def multipliers(number: int, tournament: int) -> dict[str, float]:
    """What a round pays by, under the API's names."""
    if tournament == SIGNALS:
        new = opening(number) >= datetime(2026, 9, 25, tzinfo=UTC)
        return {"neutral_corr": 0.5, "neutral_mmc": 2.0} if new else {"alpha": 0.3, "mpc": 0.8}
    if tournament == CRYPTO:
        return {"corr": 0.1, "mmc": 1.0}
    return {"corr60": 3.0, "mmc60": 15.0} if number >= NEW_RULE else {"v2_corr20": 0.75, "mmc": 2.25}


@cache
def scores(model: Invented, number: int, tournament: int) -> dict[str, float | None]:
    """The latest scores of a model in a round, under the API's names; always the same ones."""
    draw = random.Random(f"{model.name}/{tournament}/{number}")
    size = 0.001 if tournament == CLASSIC and number >= NEW_RULE else 0.02
    names = {
        CLASSIC: (
            "v2_corr20",
            "mmc",
            "corr60",
            "mmc60",
            "fnc_v3",
            "bmc",
            "corr_w_meta_model",
            "season_score",
        ),
        SIGNALS: ("alpha", "mpc", "neutral_corr", "neutral_mmc", "fnc_v4", "ric"),
        CRYPTO: ("corr", "mmc", "season_score"),
    }[tournament]
    told: dict[str, float | None] = {name: draw.gauss(0.1 * size, size) for name in names}
    if tournament == CLASSIC:
        told |= {"canon_corr": draw.gauss(0, 0.02), "canon_mmc": told["mmc"], "tc": None}
    return told


def paid(model: Invented, number: int, tournament: int) -> float:
    """NMR that a round pays, or would pay, to as many decimals as the API has."""
    told = scores(model, number, tournament)
    weighted = sum(times * (told[name] or 0.0) for name, times in multipliers(number, tournament).items())
    bound = clip(number, tournament)
    return round(at_risk(model, number) * max(-bound, min(bound, factor(number, tournament) * weighted)), 12)


def at_risk(model: Invented, number: int) -> float:
    return 0.0 if number < model.staked_from else model.stake / (64 if number >= NEW_RULE else 1)


def nmr(amount: float) -> str:
    """An amount as the API writes it: a text with 18 decimals."""
    return f"{amount:.18f}"


@cache
def when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def performance(model: Invented, number: int, tournament: int) -> Json:
    """One entry of v2RoundModelPerformances."""
    resolved = is_resolved(number)
    odd = number if model.name == "odd_rounds" else None
    amount = nmr(paid(model, number, tournament))
    day = 20 if resolved else max(1, min(60, (NOW - opening(number)).days - 5))
    entries = [
        {
            "date": when(opening(number) + timedelta(days=day + 5)),
            "day": day,
            "displayName": name,
            "payoutPending": amount,
            "payoutSettled": amount if resolved else nmr(0.0),
            "percentile": 0.5,
            "value": value,
        }
        for name, value in scores(model, number, tournament).items()
    ]
    yesterday = {
        **entries[0],
        "day": day - 1,
        "value": 0.999,
        "payoutPending": nmr(9.9),
        "payoutSettled": None,
    }
    row: Json = {
        "atRisk": nmr(at_risk(model, number)),
        "payoutMultipliers": [
            {
                "id": f"config-{number}-{name}",
                "scoreConfigId": name,
                "name": {"v2_corr20": "correlation", "mmc": "meta_model_contribution"}.get(name, name),
                "version": "1",
                "displayName": name,
                "multiplier": times,
            }
            for name, times in multipliers(number, tournament).items()
        ],
        "roundPayoutFactor": None if odd == NO_FACTOR else repr(factor(number, tournament)),
        "roundNumber": number,
        "roundOpenTime": when(opening(number)),
        "roundResolveTime": when(resolving(number)),
        "roundResolved": resolved,
        "roundTarget": "main",
        "submissionScores": [*entries, yesterday] if opening(number) + timedelta(days=6) < NOW else None,
    }
    if odd == NAMELESS:
        del row["roundNumber"]
    return row


def performances(model: Invented, tournament: int, numbers: range) -> Iterator[Json]:
    """A model's history, newest round first as the API has it."""
    first, last = model.spans.get(tournament, (1, 0))
    for number in reversed(numbers):
        if first <= number <= last:
            if model.name == "odd_rounds" and number == TWICE:
                yield {**performance(model, number, tournament), "atRisk": nmr(1.0)}
            yield performance(model, number, tournament)


def round_entry(number: int, tournament: int, announced: dict[str, float] | None = None) -> Json:
    """One entry of rounds, with what it pays by: its multipliers, or those `announced` instead."""
    base = {
        "roundNumberStart": 1,
        "roundNumberEnd": None,
        "version": "1",
        "isCanonScore": False,
        "clipThreshold": clip(number, tournament),
        "stakeThreshold": None if number >= NEW_RULE else THRESHOLDS[tournament],
        "payoutFactor": "1" if number >= NEW_RULE else None,
    }
    paying = announced or multipliers(number, tournament)
    configs = [
        {
            **base,
            "id": f"config-{number}-{name}",
            "scoreConfigId": name,
            "name": name,
            "displayName": name,
            "isPayout": name in paying,
            **dict.fromkeys(("minMultiplier", "maxMultiplier", "defaultMultiplier"), paying.get(name, 0.0)),
        }
        for name in (*paying, "bmc")
    ]
    return {
        "id": f"round-{tournament}-{number}",
        "tournament": tournament,
        "number": number,
        "target": "main",
        "openTime": when(opening(number)),
        "closeTime": when(opening(number) + timedelta(hours=1)),
        "closeStakingTime": when(opening(number) + timedelta(hours=1)),
        "scoreTime": when(opening(number) + timedelta(days=5)),
        "resolveTime": when(resolving(number)),
        "resolvedGeneral": is_resolved(number),
        "resolvedStaking": is_resolved(number),
        "payoutFactor": repr(factor(number, tournament))
        if opening(number) + timedelta(days=5) < NOW
        else None,
        "stakeThreshold": None if number >= NEW_RULE else THRESHOLDS[tournament],
        "dataDatestamp": 20260101,
        "roundScoreConfigs": configs,
    }


# what a whole round calls the scores that a performance names otherwise
ROUND_FIELDS = {
    "v2_corr20": "v2Corr20",
    "fnc_v3": "fncV3",
    "fnc_v4": "fncV4",
    "neutral_corr": "ncorr",
    "neutral_mmc": "nmmc",
    "corr_w_meta_model": "corrWMetaModel",
}


def whole_round(models: Iterable[Invented], number: int, tournament: int) -> Json:
    """What roundDetails tells of a round and everybody who took part in it."""
    there = [model for model in models if tournament in model.spans and takes_part(model, number, tournament)]
    scored = opening(number) + timedelta(days=6) < NOW
    amounts = [paid(model, number, tournament) if scored else 0.0 for model in there]
    return {
        "roundNumber": number,
        "tournament": tournament,
        "status": "RESOLVED" if is_resolved(number) else "OPEN",
        "roundResolved": is_resolved(number),
        "roundResolveTime": when(resolving(number)),
        "openTime": when(opening(number)),
        "payoutFactor": repr(factor(number, tournament)) if scored else None,
        "totalAtStake": sum(at_risk(model, number) for model in there),
        "totalEarned": nmr(sum(amount for amount in amounts if amount > 0)),
        "totalBurned": nmr(-sum(amount for amount in amounts if amount < 0)),
        "totalStakes": sum(at_risk(model, number) > 0 for model in there),
        "payoutMultipliers": [
            {"displayName": name, "multiplier": times}
            for name, times in multipliers(number, tournament).items()
        ],
        "models": [
            {
                "id": model.id,
                "modelName": model.name,
                "selectedStakeValue": nmr(at_risk(model, number)) if at_risk(model, number) else None,
                "payoutPending": nmr(0.0 if is_resolved(number) else amount) if scored else None,
                "payoutSettled": nmr(amount) if is_resolved(number) else None,
                **(
                    {
                        ROUND_FIELDS.get(name, name): value
                        for name, value in scores(model, number, tournament).items()
                    }
                    if scored
                    else {}
                ),
                "apcwnm": 0.5,
                "mcwnm": 0.875,
            }
            for model, amount in zip(there, amounts, strict=True)
        ],
    }


def takes_part(model: Invented, number: int, tournament: int) -> bool:
    first, last = model.spans[tournament]
    return first <= number <= last
