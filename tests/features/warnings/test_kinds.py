"""What is news to a member: each kind of warning on real rows, told once, and silent where it can't tell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest

from features.promises.ledger import add_promise
from features.warnings.kinds import KINDS
from features.warnings.warnings import news_for
from scoring.rules import PayoutRule, load_rules, rule_in_force
from storage.database import Database
from storage.members.links import AccountLink, set_link
from storage.members.warnings import WantedWarnings, due_warnings, looked_after, want_warnings, warnings_of
from storage.moments import to_text
from tests.tournament.sample import file_rows
from tournament.sample import SampleSource
from tournament.source import History, Source, SourceError

ADA, HERE = 900719925474099301, 5
NOW = datetime(2022, 7, 23, tzinfo=UTC)
MODEL, LOSING = "model_07585", "model_13157"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Announcing(SampleSource):
    """The sample with a live rule, models near a limit, or nothing that can be reached."""

    announced: PayoutRule | None = None
    near: tuple[str, ...] = ()
    down = False

    async def live_rule(self) -> PayoutRule | None:
        return self.announced

    async def history(self, name: str) -> History:
        if self.down:
            raise SourceError("Numerai does not answer")
        return replace(await super().history(name), warnings=self.near)


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    rows = file_rows.shipped()
    return rows[(rows["model"] == MODEL) & (rows["stake_nmr"] > 0)]


@pytest.fixture
def numbers(source: SampleSource) -> Announcing:
    fresh = Announcing()
    fresh._loaded = source._loaded  # read once for all tests
    return fresh


async def told(
    db: Database,
    numbers: Source,
    kind: str,
    kept: Mapping[str, Any] = NOTHING,
    now: datetime = NOW,
    **more: Any,
) -> tuple[tuple[str, ...], dict[str, Any]]:
    wanted = replace(WantedWarnings(ADA, HERE, (kind,), 5.0, kept, now), **more)
    found = await news_for(db, lambda _: numbers, wanted, now)
    return found.sentences, found.told


async def link(db: Database, name: str = MODEL) -> None:
    await set_link(db, AccountLink(ADA, name, "model", "classic", NOW))


async def test_open_rounds_below_the_bound_are_told_once(db: Database, numbers: Announcing) -> None:
    await link(db, LOSING)
    rows = file_rows.shipped()
    still_open = rows[(rows["model"] == LOSING) & ~rows["final"]]
    shares = 100 * still_open["payout_nmr"] / still_open["stake_nmr"]
    low = sorted(still_open["round"][shares < -2])
    assert 0 < len(low) < len(still_open) == 4
    [sentence], kept = await told(db, numbers, "round", bound=2.0)
    assert kept == {"round": low}
    assert sentence.startswith("So far round ")
    assert sentence.endswith(" of your stake in it.")
    for number, share in zip(still_open["round"], shares, strict=True):
        assert (f"round {number} stands at −{-share:.2f} %" in sentence) == (number in low)
    assert await told(db, numbers, "round", kept, bound=2.0) == ((), kept)
    # a lower bound has nothing below it, and forgets; a round that falls again is news again
    assert await told(db, numbers, "round", kept, bound=100.0) == ((), {"round": []})


async def test_rounds_that_resolved_since_the_last_look(
    db: Database, numbers: Announcing, shipped: pd.DataFrame
) -> None:
    await link(db)
    since = datetime(2022, 7, 1, tzinfo=UTC)
    assert await told(db, numbers, "released", now=since) == (
        (),
        {"released": since.isoformat(timespec="microseconds")},
    )
    _, kept = await told(db, numbers, "released", now=since)
    calendar = await numbers.rounds()
    resolves = dict(zip(calendar.number.tolist(), calendar.resolves.tolist(), strict=True))
    over = shipped[
        [since.replace(tzinfo=None) < resolves[n] <= NOW.replace(tzinfo=None) for n in shipped["round"]]
    ]
    assert len(over) > 1
    sentences, kept = await told(db, numbers, "released", kept)
    stake, paid = over["stake_nmr"].sum(), over["payout_nmr"].sum()
    shown = (
        f"{paid:+,.0f}" if abs(paid) >= 999.95 else f"{paid:+,.1f}" if abs(paid) >= 99.995 else f"{paid:+.2f}"
    )
    assert sentences == (
        f"{len(over)} rounds have resolved: {stake:,.0f} NMR of yours are out of it, "
        f"{shown.replace('-', '−')} NMR of pay.",
    )
    assert (await told(db, numbers, "released", kept))[0] == ()


async def test_a_rule_is_told_when_it_changes_and_not_before(db: Database, numbers: Announcing) -> None:
    rule = rule_in_force("classic", round=1343)
    numbers.announced = replace(rule, first_round=1400)
    sentences, kept = await told(db, numbers, "rule")
    assert sentences == ()
    assert await told(db, numbers, "rule", kept) == ((), kept)
    numbers.announced = replace(rule, first_round=1401, multipliers={"corr60": 2.0, "mmc60": 20.0})
    [sentence], later = await told(db, numbers, "rule", kept)
    assert sentence == (
        "From round 1401 on, Numerai announces 2xCORR60 + 20xMMC60 clip 1 instead of 3xCORR60 + 15xMMC60 "
        "clip 1 for Classic."
    )
    # nothing is announced between rounds: what was known stays known
    numbers.announced = None
    assert await told(db, numbers, "rule", later) == ((), later)
    newest = [each.id for each in load_rules() if each.tournament == "classic"][-1]
    short = {"rule": later["rule"] | {"on_record": [x for x in later["rule"]["on_record"] if x != newest]}}
    [sentence], _ = await told(db, numbers, "rule", short)
    assert sentence.startswith(f"{newest} is a new rule on record: ")


async def test_a_model_near_a_limit_is_told_again_only_after_it_was_away(
    db: Database, numbers: Announcing
) -> None:
    await link(db)
    numbers.near = ("heron: churn 12.3 % of at most 15 %.",)
    sentences, kept = await told(db, numbers, "churn")
    assert sentences == numbers.near
    numbers.near = ("heron: churn 13.1 % of at most 15 %.",)
    assert (await told(db, numbers, "churn", kept))[0] == ()
    numbers.near = ()
    assert await told(db, numbers, "churn", kept) == ((), {"churn": []})
    numbers.near = tuple(f"{name}: churn." for name in "abcde")
    assert (await told(db, numbers, "churn", {}))[0][-1] == "And 2 more models like these."


async def test_an_overdue_promise_is_told_once(db: Database, numbers: Announcing) -> None:
    await add_promise(
        db, HERE, ADA, NOW - timedelta(days=30), kind="promise", what="Payouts are explained",
        who="the team", link="https://forum.example/1", said_on="2022-06-01", due_on="2022-07-13",
    )  # fmt: skip
    assert (await told(db, numbers, "promise", now=NOW - timedelta(days=20)))[0] == ()
    [sentence], kept = await told(db, numbers, "promise")
    assert sentence == "A promise is overdue by 10 days: “Payouts are explained” (#1)."
    assert await told(db, numbers, "promise", kept) == ((), kept)
    assert (await told(db, numbers, "promise", guild_id=HERE + 1))[0] == ()


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.of_account])
async def test_without_a_readable_account_nothing_is_told_and_nothing_forgotten(
    db: Database, numbers: Announcing, name: str
) -> None:
    kept = {name: to_text(NOW) if name == "released" else ["as it was"]}
    assert await told(db, numbers, name, kept) == ((), kept), "nobody linked"
    await link(db, "gone_heron")
    assert await told(db, numbers, name, kept) == ((), kept), "no such model"
    await link(db)
    numbers.down = True
    assert await told(db, numbers, name, kept) == ((), kept), "Numerai is down"


async def test_a_wish_is_one_row_and_keeps_what_was_told(db: Database) -> None:
    await want_warnings(db, HERE, ADA, ("rule",), 5.0, NOW)
    [wanted] = await due_warnings(db, NOW)
    await looked_after(db, wanted, {"rule": 1}, NOW + timedelta(days=1))
    await want_warnings(db, HERE, ADA, ("rule", "churn"), 2.0, NOW)
    assert await warnings_of(db, ADA) == WantedWarnings(
        ADA, HERE, ("rule", "churn"), 2.0, {"rule": 1}, NOW + timedelta(days=1)
    )
    assert await due_warnings(db, NOW) == []
