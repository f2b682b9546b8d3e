"""The live source over a loopback API: the same questions as to the sample, answered from invented data."""

import asyncio
import math
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from scoring.payout import payouts
from storage.database import Database, open_database
from tests import numerai_data
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, PATIENCE, eventually
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import EVERYONE, History, Names, Source, SourceError, Tournament


@pytest.fixture
async def database(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    yield database
    await database.close()


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai() as api:
        yield api


class Present:
    """What the time is in a test."""

    def __init__(self) -> None:
        self.now = numerai_data.NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, present: Present) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(database, address=api.address, now=present, patience=CALM)
    yield live
    await live.close()


def source_of(
    tournament: Tournament, api: LoopbackNumerai, database: Database, present: Present
) -> NumeraiSource:
    plenty = Throttle(100_000)  # the number of requests is not what those tests are about
    return NumeraiSource(
        database, tournament=tournament, address=api.address, now=present, patience=CALM, throttle=plenty
    )


# ---------------------------------------------------------------- who there is


async def test_it_is_a_source_that_says_what_it_is(live: NumeraiSource) -> None:
    source: Source = live
    assert (source.label, source.tournament) == ("Numerai Classic", "classic")


async def test_a_model_is_found_by_asking_for_it(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.find("  late_starter ") == "late_starter"
    assert [asked.variables["tournament"] for asked in api.asked("v3UserProfile")] == [8]
    history = await live.history("late_starter")
    assert (history.name, history.kind, history.models) == ("late_starter", "model", ("late_starter",))


async def test_an_account_is_its_models(live: NumeraiSource) -> None:
    assert await live.find("drifters") == "drifters"
    history = await live.history("drifters")
    assert (history.kind, history.models) == ("account", ("drifter", "drifter_2"))


async def test_a_name_of_both_means_the_account_unless_the_model_is_all_it_has(live: NumeraiSource) -> None:
    assert (await live.history("tidewater")).kind == "account"
    assert len((await live.history("tidewater")).models) == 10
    assert (await live.history("tidewater_2")).kind == "model"
    assert (await live.history("solo_wren")).kind == "model"


@pytest.mark.parametrize(
    "typed", ["nobody_at_all", "", "   ", "harbor_light", "Ωμέγα", "x" * 100, '"}) { evil }']
)
async def test_nobody_is_nobody(live: NumeraiSource, typed: str) -> None:
    assert await live.find(typed) is None


async def test_an_unknown_name_has_no_history(live: NumeraiSource) -> None:
    with pytest.raises(KeyError, match="nobody_at_all"):
        await live.history("nobody_at_all")


async def test_everyone_is_always_there(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.find("Everyone") == EVERYONE
    assert api.asked("v3UserProfile") == []


async def test_names_come_behind_the_scenes(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.names() == Names((), ())

    async def has_accounts() -> bool:
        return bool((await live.names()).accounts)

    await eventually(has_accounts)
    names = await live.names()
    classic = [model.name for model in api.models.values() if numerai_data.CLASSIC in model.spans]
    assert names.models == tuple(sorted(classic))
    assert "hundred_herons" in names.accounts
    assert "harbor" not in names.accounts
    pages = [asked.variables["offset"] for asked in api.asked("v2Leaderboard")]
    assert pages == [0, 200, len(classic)]  # the server's pages are smaller than what was asked for

    assert await live.find("TIDEWATER_3") == "tidewater_3"
    assert api.asked("v3UserProfile") == []


async def test_names_are_remembered_and_read_again_when_they_are_old(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.refresh_top(0)
    await live.close()
    asked = len(api.requests)
    again = source_of("classic", api, database, present)
    assert "tidewater" in (await again.names()).models
    assert len(api.requests) == asked
    present.now += timedelta(hours=6)
    api.models["newcomer"] = numerai_data.Invented("newcomer", "newcomers", 1.0)
    api._answers.clear()

    async def has_newcomer() -> bool:
        return "newcomer" in (await again.names()).models

    await eventually(has_newcomer)
    await again.close()


async def test_a_name_that_is_gone_since_is_a_sentence(live: NumeraiSource, api: LoopbackNumerai) -> None:
    await live.refresh_top(0)
    del api.models["late_starter"]
    name = await live.find("late_starter")
    assert name == "late_starter"
    with pytest.raises(SourceError, match="no longer knows anybody called late_starter"):
        await live.history(name)


# ---------------------------------------------------------------- what they have


def of_round(history: History, number: int) -> int:
    [at] = np.flatnonzero(history.round == number)
    return int(at)


async def test_a_history_is_what_the_api_says(live: NumeraiSource, api: LoopbackNumerai) -> None:
    model = api.models["tidewater_2"]
    history = await live.history("tidewater_2")
    assert history.round.tolist() == list(api.numbers)
    assert history.asked_at == numerai_data.NOW
    assert history.notice == ""
    for number in (1290, 1342, 1350):
        at = of_round(history, number)
        told = numerai_data.scores(model, number, numerai_data.CLASSIC)
        assert history.scores["corr"][at] == told["v2_corr20"]
        assert history.scores["mmc60"][at] == told["mmc60"]
        assert history.scores["corr_w_meta_model"][at] == told["corr_w_meta_model"]
        assert math.isnan(history.scores["tc"][at])
        assert history.stake[at] == numerai_data.at_risk(model, number)
        assert history.payout[at] == numerai_data.paid(model, number, numerai_data.CLASSIC)
        assert history.payout_factor[at] == numerai_data.factor(number, numerai_data.CLASSIC)
        assert bool(history.resolved[at]) == (number < 1343)
    old, new = of_round(history, 1342), of_round(history, 1343)
    assert {
        score: values[old] for score, values in history.chosen.items() if not math.isnan(values[old])
    } == {
        "corr": 0.75,
        "mmc": 2.25,
    }
    assert (history.chosen["corr60"][new], history.chosen["mmc60"][new]) == (3.0, 15.0)


async def test_its_own_numbers_price_its_own_payouts(live: NumeraiSource) -> None:
    history = await live.history("tidewater")
    rows = history.resolved
    scores = np.stack([history.scores["corr"], history.scores["mmc"]], axis=-1)[rows]
    pay = payouts(scores, [0.75, 2.25], history.stake[rows], factor=history.payout_factor[rows], clip=0.05)
    np.testing.assert_allclose(pay, history.payout[rows], atol=1e-9)


async def test_a_round_that_has_just_opened_has_a_stake_and_no_scores(live: NumeraiSource) -> None:
    history = await live.history("tidewater_2")
    newest = history.only(history.round == 1401)
    assert newest.stake[0] > 0
    assert math.isnan(newest.payout[0])
    assert all(math.isnan(values[0]) for values in newest.scores.values())


async def test_odd_rounds_are_taken_once_or_left_out_and_counted(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    history = await live.history("odd_rounds")
    assert math.isnan(history.payout_factor[of_round(history, numerai_data.NO_FACTOR)])
    assert history.stake[of_round(history, numerai_data.TWICE)] == 20.0
    assert set(api.numbers) - set(history.round.tolist()) == {numerai_data.NAMELESS}
    assert history.notice == "Left out: 1 round that came without a number, a stake or scores."


async def test_a_stake_may_begin_in_the_middle(live: NumeraiSource) -> None:
    history = await live.history("late_starter")
    assert history.round[history.stake > 0].min() == 1305
    assert history.round.min() == 1280


async def test_a_model_that_moved_has_the_rounds_of_each_tournament(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    signals = source_of("signals", api, database, present)
    before, after = await live.history("drifter"), await signals.history("drifter")
    assert (before.round.min(), before.round.max()) == (1280, 1299)
    assert (after.round.min(), after.round.max()) == (1300, 1401)
    assert not np.isnan(after.scores["alpha"][0])
    assert after.chosen["ncorr"][of_round(after, 1401)] == 0.5
    assert [asked.variables["tournament"] for asked in api.asked("v2RoundModelPerformances")] == [8, 11]
    await signals.close()


async def test_crypto_is_a_tournament_of_its_own(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    crypto = source_of("crypto", api, database, present)
    await crypto.refresh_top(0)
    assert (await crypto.names()).models == ("comet_trail",)
    history = await crypto.history("comet_trail")
    assert history.chosen["mmc"][0] == 1.0
    assert not np.isnan(history.scores["corr"][0])
    assert {"corr", "mmc"} <= set(await crypto.scores())
    await crypto.close()


async def test_a_model_without_rounds_is_a_sentence(live: NumeraiSource) -> None:
    assert await live.find("empty_nest") == "empty_nest"
    with pytest.raises(SourceError, match="empty_nest has no rounds in Numerai Classic"):
        await live.history("empty_nest")


# ---------------------------------------------------------------- rounds, scores and rules


async def test_rounds_tell_when_and_on_what(live: NumeraiSource, api: LoopbackNumerai) -> None:
    rounds = await live.rounds()
    assert rounds.number.tolist() == list(api.numbers)
    at = list(api.numbers).index(1300)
    assert rounds.opened[at].item() == numerai_data.opening(1300).replace(tzinfo=None)
    assert rounds.resolves[at].item() == numerai_data.resolving(1300).replace(tzinfo=None)
    assert rounds.total_at_risk[at] == pytest.approx(numerai_data.at_stake(1300))
    assert math.isnan(rounds.total_at_risk[-1])
    assert rounds.paid.all()
    assert await live.until() == numerai_data.resolving(1342).date() == date(2026, 9, 27)


async def test_scores_are_those_the_rules_paid_and_then_those_that_were_seen(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    assert await live.scores() == {
        "corr": (1280, 1342),
        "mmc": (1280, 1342),
        "corr60": (1342, 1342),
        "mmc60": (1342, 1342),
    }
    await live.history("tidewater_2")
    seen = await live.scores()
    assert seen["corr60"] == (1280, 1342)
    assert seen["season_score"] == (1280, 1342)
    assert "tc" not in seen
    await live.close()
    again = source_of("classic", api, database, present)
    assert await again.scores() == seen
    assert set(seen) <= set((await again.history("solo_wren")).scores)
    await again.close()


async def test_the_live_rule_is_that_of_the_newest_round(live: NumeraiSource, present: Present) -> None:
    rule = await live.live_rule()
    assert rule is not None
    assert (dict(rule.multipliers), rule.clip, rule.source) == (
        {"corr60": 3.0, "mmc60": 15.0},
        1.0,
        "live round 1401",
    )
    assert await live.live_rule_differs() == ""
    present.now = numerai_data.opening(1342) + timedelta(hours=1)
    earlier = await live.live_rule()
    assert earlier is not None
    assert dict(earlier.multipliers) == {"corr": 0.75, "mmc": 2.25}
    assert (earlier.clip, earlier.stake_threshold) == (0.05, 72_000.0)


async def test_a_live_rule_that_the_table_lacks_is_a_sentence(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.announced = {"corr60": 4.0, "mmc60": 12.0}
    sentence = await live.live_rule_differs()
    assert sentence.startswith("Round 1401 announces 4xCORR60 + 12xMMC60 with a clip of 1 and no threshold; ")
    assert "the dated rules have 3xCORR60 + 15xMMC60" in sentence


async def test_a_round_too_new_for_a_rule_is_passed_over(live: NumeraiSource, present: Present) -> None:
    present.now = numerai_data.opening(1280) - timedelta(hours=1)
    assert await live.live_rule() is None


async def test_without_numerai_there_is_no_live_rule(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("errors")
    assert await live.live_rule() is None
    assert await live.live_rule_differs() == ""


async def test_a_price_has_its_day_and_may_be_an_old_one(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    api.fail("errors")
    assert await live.usd_per_nmr() is None
    api.heal()
    assert await live.usd_per_nmr() == (date(2026, 11, 20), 7.25)
    present.now += timedelta(days=3)
    api.fail("errors")
    assert await live.usd_per_nmr() == (date(2026, 11, 20), 7.25)


# ---------------------------------------------------------------- everyone


@pytest.mark.slow
async def test_everyone_is_who_has_been_read_so_far(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    with pytest.raises(SourceError, match="None of the models with the largest stakes is read yet"):
        await live.history(EVERYONE)
    assert await live.coverage() == (0, 0, 0.0)
    fast = source_of("classic", api, database, present)
    await fast.refresh_top(12)
    staked = sorted(
        (model.stake for model in api.models.values() if numerai_data.CLASSIC in model.spans), reverse=True
    )
    fetched, known, share = await fast.coverage()
    assert (fetched, known) == (12, sum(stake > 0 for stake in staked))
    assert share == pytest.approx(sum(staked[:12]) / sum(staked))

    everyone = await fast.history(EVERYONE)
    assert (everyone.name, everyone.kind, len(everyone.models)) == (EVERYONE, "everyone", 12)
    assert everyone.round.size == 12 * len(api.numbers)
    assert everyone.notice.startswith(
        "Everyone is the 12 models with the largest stakes that are read so far, of "
    )
    assert everyone.asked_at == present.now
    alone = await fast.history("crowd_000")
    rows = everyone.model == everyone.models.index("crowd_000")
    np.testing.assert_array_equal(everyone.payout[rows], alone.payout)

    asked = len(api.requests)
    await fast.refresh_top(12)
    assert len(api.requests) == asked  # all of it is young
    await fast.refresh_top(15)
    assert len((await fast.history(EVERYONE)).models) == 15
    await fast.close()


async def test_the_background_stops_where_its_half_ends(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    clock = Clock()
    live = NumeraiSource(
        database, address=api.address, now=present, patience=CALM, throttle=Throttle(60, 3600.0, clock=clock)
    )
    reading = asyncio.create_task(live.refresh_top(200))

    async def half_is_gone() -> bool:
        return len(api.requests) == 30

    await eventually(half_is_gone)
    assert (await live.history("solo_wren")).kind == "model"  # a member is not kept waiting
    assert len(api.requests) == 33
    assert not reading.done()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await live.close()


class Clock:
    """A clock that stands still."""

    def __call__(self) -> float:
        return 1000.0


@pytest.mark.slow
async def test_a_large_account_is_read_as_far_as_a_minute_s_requests_go(
    database: Database, present: Present
) -> None:
    async with LoopbackNumerai(first_round=1390) as api:
        throttle = Throttle(60, 3600.0, clock=Clock())
        live = NumeraiSource(database, address=api.address, now=present, patience=CALM, throttle=throttle)
        history = await live.history("hundred_herons")
        assert len(history.models) == 58
        assert history.notice == "Left out: 42 of 100 models, which could not be read just now."
        assert len(api.requests) == 60
        with pytest.raises(SourceError, match=r"as much as it may for now\. Try again in a minute\."):
            await live.history("solo_wren")
        await live.close()

        later = source_of("classic", api, database, present)
        assert len((await later.history("hundred_herons")).models) == 100
        assert len(api.asked("v2RoundModelPerformances")) == 100  # nobody was asked for twice
        await later.close()


# ---------------------------------------------------------------- how fast and at what cost


async def test_questions_asked_at_once_are_asked_once(live: NumeraiSource, api: LoopbackNumerai) -> None:
    histories = await asyncio.gather(*(live.history("tidewater") for _ in range(10)))
    assert {history.round.size for history in histories} == {10 * len(api.numbers)}
    assert len(api.requests) == 2 + 10


async def test_answers_are_asked_for_again_when_they_are_old(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    async def ask() -> None:
        await live.rounds()
        await live.history("solo_wren")

    await ask()
    assert len(api.requests) == 4
    present.now += timedelta(minutes=9)
    await ask()
    assert len(api.requests) == 4
    present.now += timedelta(minutes=1)  # ten minutes: the rounds
    await ask()
    assert [len(api.asked(root)) for root in ("rounds", "v2RoundModelPerformances")] == [2, 1]
    present.now += timedelta(minutes=5)  # fifteen minutes: the history
    await ask()
    assert [len(api.asked(root)) for root in ("rounds", "v2RoundModelPerformances")] == [2, 2]
    present.now += timedelta(minutes=45)  # an hour: which models there are
    await ask()
    assert [len(api.asked(root)) for root in ("v3UserProfile", "accountProfile")] == [2, 2]


async def test_ten_models_are_asked_for_at_once_and_then_not_again(
    database: Database, present: Present
) -> None:
    async with LoopbackNumerai(latency=0.1, first_round=1390) as api:
        live = NumeraiSource(database, address=api.address, now=present, patience=CALM)
        for _ in range(2):
            name = await live.find("tidewater")
            assert name is not None
            await live.scores()
            await live.until()
            await live.rounds()
            history = await live.history(name)
            assert history.round.size == 10 * len(api.numbers)
            assert api.most_at_once >= 10
            assert len(api.asked("v2RoundModelPerformances")) == 10
            for root in ("v3UserProfile", "accountProfile", "rounds"):
                assert len(api.asked(root)) == 1
        await live.close()


LAZY = """
import asyncio, sys, tempfile
from pathlib import Path
from storage.database import open_database
from tournament.numerai.source import NumeraiSource

async def main():
    database = await open_database(Path(sys.argv[1]))
    source = NumeraiSource(database)
    await source.close()
    await database.close()
    print(sorted({"numerapi", "requests", "pandas"} & set(sys.modules)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_the_first_question(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", LAZY, str(tmp_path / "bot.sqlite3")],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)
