"""Several names side by side: the payout column by pandas, and each against its own pay record."""

import io
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.earnings.earnings import NoPayError, as_csv, pay_record
from features.earnings.several_earnings import SeveralEarnings, several_as_csv, several_earnings
from features.earnings.several_earnings_card import several_earnings_answer, several_earnings_card
from features.earnings.several_earnings_chart import picture_of_earnings
from tests.features.earnings.test_earnings import ASKED as WHEN
from tests.features.earnings.test_earnings import invented
from tests.features.payout.test_compare_chart import NAMES, check_whole
from tests.tournament.sample import file_rows
from tests.ui.cards import check_answer
from tournament.sample import SampleSource
from wording.numbers import brief_signed

MODEL, OTHER, ENDED, NEVER_STAKED = "model_07585", "model_02765", "model_00221", "model_00112"
ACCOUNT = "account_03793"
ASKED = {"name": f"{MODEL}, {OTHER}", "rounds": None, "tournament": "classic"}


def paid(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """NMR at risk and paid by round, and whether it is final for every model, by pandas."""
    mine = rows[((rows["model"] == name) | (rows["account"] == name)) & (rows["stake_nmr"] > 0)]
    by_round = mine.groupby("round")
    return pd.DataFrame(
        {
            "stake": by_round["stake_nmr"].sum(),
            "pay": by_round["payout_nmr"].sum(),
            "final": by_round["final"].all(),
        }
    )


@pytest.mark.parametrize("names", [[MODEL, OTHER], [ENDED, MODEL, ACCOUNT]])
async def test_all_are_told_of_the_newest_rounds_in_which_any_had_a_stake(
    source: SampleSource, names: list[str]
) -> None:
    found, rows = await several_earnings(source, names), file_rows.shipped()
    by_hand = {name: paid(rows, name) for name in names}
    final = sorted(set().union(*(each.index[each["final"]] for each in by_hand.values())))
    pending = set().union(*(each.index[~each["final"]] for each in by_hand.values())) - set(final)
    assert found.rounds.tolist() == sorted({*final[-20:], *pending})
    assert found.rounds[found.resolved].tolist() == final[-20:]
    for line, name in zip(found.lines, names, strict=True):
        mine = by_hand[name].reindex(found.rounds)
        np.testing.assert_allclose(line.pay, mine["pay"].fillna(0), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(line.at_risk, mine["stake"].fillna(0), rtol=1e-9)
        done = mine[mine["final"].eq(True)]
        assert line.earned == pytest.approx(done["pay"].sum(), rel=1e-9)
        if line.record is not None and len(done):
            assert line.percent == pytest.approx((100 * done["pay"] / done["stake"]).sum(), rel=1e-9)
    earned = {name: line.earned for name, line in zip(names, found.lines, strict=True) if line.record}
    assert found.best.name == max(earned, key=lambda name: earned[name])


@pytest.mark.parametrize("typed", ["300-310", "all", "12", "round 305"])
async def test_typed_rounds_are_those_of_each_alone(source: SampleSource, typed: str) -> None:
    found = await several_earnings(source, [MODEL, ENDED], rounds=typed)
    alone = [await pay_record(source, name, rounds=typed) for name in (MODEL, ENDED)]
    every = np.union1d(alone[0].rounds, alone[1].rounds)
    np.testing.assert_array_equal(found.rounds, every[-12:] if typed == "12" else every)
    for line, record in zip(found.lines, alone, strict=True):
        there = np.isin(record.rounds, found.rounds)
        assert line.pay.sum() == pytest.approx(record.payout[there].sum(), rel=1e-12)
        assert (line.record is None) == (not there.any())


async def test_the_card_tells_each_and_who_had_no_stake(source: SampleSource) -> None:
    found = await several_earnings(source, [MODEL, OTHER, NEVER_STAKED])
    first = found.lines[0]
    assert first.record is not None
    told = check_answer(several_earnings_answer(found, ASKED))
    assert told.startswith(f"{found.best.name} earned most: ")
    assert (
        f"**A** {MODEL}: {brief_signed(first.earned)} NMR, {brief_signed(first.percent)} % of its stake, "
        f"{brief_signed(first.record.pending)} pending"
    ) in told
    assert f"**C** {NEVER_STAKED}: no stake in these rounds" in told
    assert f"the same {found.rounds.size} rounds for all, 4 pending" in told
    newest = next(line for line in told.splitlines() if line.strip().startswith("325*"))
    assert newest.split()[-1] == "-"
    assert len(newest.split()) == 4


@pytest.mark.slow
async def test_others_read_no_name_but_the_members_own(source: SampleSource) -> None:
    found = (await several_earnings(source, [OTHER, MODEL, ACCOUNT])).for_others(MODEL)
    assert [line.name for line in found.lines] == ["model 1", MODEL, "account 3"]
    told = check_answer(several_earnings_answer(found, ASKED)) + picture_of_earnings(found).alt
    assert OTHER not in told
    assert ACCOUNT not in told
    assert {record.name for record in found.records} == {"model 1", MODEL, "account 3"}


async def test_the_csv_has_every_round_of_each(source: SampleSource) -> None:
    found = await several_earnings(source, [MODEL, ENDED], rounds="all")
    read = pd.read_csv(io.StringIO(several_as_csv(found)))
    for name in (MODEL, ENDED):
        alone = pd.read_csv(io.StringIO(as_csv(await pay_record(source, name, rounds="all"))))
        mine = read[read["name"] == name].drop(columns="name").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone, check_dtype=False)


async def test_two_spellings_of_one_name_are_one_line(source: SampleSource) -> None:
    found = await several_earnings(source, [MODEL, MODEL.upper()])
    assert [line.name for line in found.lines] == [MODEL]


@pytest.mark.parametrize(
    ("names", "rounds", "told"),
    [
        ([NEVER_STAKED, NEVER_STAKED.upper()], None, f"{NEVER_STAKED} has no round with a stake in Sample"),
        ([MODEL, OTHER], "round 9000", "There is nothing in round 9000"),
        ([MODEL, "quiet_heron"], None, "There is no model or account called “quiet_heron” in this data."),
        ([MODEL, OTHER], "325-311", "Rounds 325-311 run backwards."),
    ],
)
async def test_what_cannot_be_told_is_a_sentence(
    source: SampleSource, names: list[str], rounds: str | None, told: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await several_earnings(source, names, rounds=rounds)
    assert str(caught.value).startswith(told)


async def test_who_had_no_stake_in_the_rounds_is_told_from_who_is_unknown(source: SampleSource) -> None:
    with pytest.raises(NoPayError) as caught:
        await pay_record(source, NEVER_STAKED)
    assert (caught.value.name, caught.value.kind) == (NEVER_STAKED, "model")


async def of(*rows: tuple[int, int, float, float, float, bool]) -> SeveralEarnings:
    return await several_earnings(invented(*rows), ["quiet_heron"])


async def test_nothing_final_and_burns_are_said_so() -> None:
    pending = await of((0, 900, 0.01, 10.0, 1.5, False), (0, 901, 0.01, 10.0, math.nan, False))
    assert pending.finding == "Nothing is final yet; quiet_heron has most pending: 1.50 NMR"
    told = check_answer(several_earnings_answer(pending, ASKED))
    assert "quiet_heron: nothing final yet, +1.50 pending" in told
    assert "Payouts that are not known and count as 0: A 1." in told
    assert math.isnan(pending.best.percent)
    burned = await of((0, 900, 0.01, 10.0, -1.5, True), (0, 901, 0.01, 20.0, 0.5, True))
    assert burned.finding == "quiet_heron burned least: 1.00 NMR in rounds 900-901"
    assert burned.best.percent == pytest.approx(-15 + 2.5)
    line = replace(burned.lines[0], letter="B", name="late", record=pending.lines[0].record)
    assert replace(burned, lines=(*burned.lines, line)).best.name == "quiet_heron", "nothing final is not 0"
    card = several_earnings_card(burned)
    assert "Asked twice." in card.text
    assert f"asked {WHEN:%Y-%m-%d %H:%M} UTC" in card.small


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES, ids=len)
async def test_the_picture_is_whole_whatever_the_names(source: SampleSource, name: str) -> None:
    found = await several_earnings(source, [MODEL, OTHER, ENDED, ACCOUNT])
    named = replace(found, lines=tuple(replace(line, name=name) for line in found.lines))
    check_whole(picture_of_earnings(named))
    picture = picture_of_earnings(found)
    for line in found.lines:
        assert f"{line.name} ends at " in picture.alt
