"""Names and rows of the bundled sample, held against the same files read directly."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.features.payout.compare.by_pandas import total_by_ewc
from tests.tournament.whole import all_rows
from tournament.sample import SampleSource
from tournament.source import EVERYONE, History, Source

COLUMNS = {
    "corr": lambda history: history.scores["corr"],
    "tc": lambda history: history.scores["tc"],
    "fnc_v3": lambda history: history.scores["fnc_v3"],
    "corr_multiplier": lambda history: history.chosen["corr"],
    "tc_multiplier": lambda history: history.chosen["tc"],
    "payout_factor": lambda history: history.payout_factor,
    "stake_nmr": lambda history: history.stake,
    "payout_nmr": lambda history: history.payout,
    "final": lambda history: history.resolved,
}


def as_frame(history: History) -> pd.DataFrame:
    frame = pd.DataFrame({"model": np.array(history.models)[history.model], "round": history.round})
    for column, of in COLUMNS.items():
        frame[column] = of(history)
    return frame.sort_values(["model", "round"], ignore_index=True)


def same_rows(history: History, expected: pd.DataFrame) -> None:
    expected = expected[["model", "round", *COLUMNS]].sort_values(["model", "round"], ignore_index=True)
    pd.testing.assert_frame_equal(as_frame(history), expected, check_dtype=False)


# ---------------------------------------------------------------- names


async def test_it_says_what_it_is(source: SampleSource) -> None:
    offered: Source = source
    assert offered.label == "Sample, 2022"
    assert offered.tournament == "classic"
    assert await offered.until() == date(2022, 7, 23)
    assert await offered.usd_per_nmr() == (date(2022, 7, 23), 16.84)


async def test_1096_models_and_794_guessed_accounts(source: SampleSource, rows: pd.DataFrame) -> None:
    names = await source.names()
    assert len(names.models) == len(set(names.models)) == 1096
    assert len(names.accounts) == len(set(names.accounts)) == 794
    assert list(names.models) == sorted(rows["model"].unique())
    assert list(names.accounts) == sorted(rows["account"].unique())


async def test_names_are_found_whatever_their_case(source: SampleSource) -> None:
    names = await source.names()
    for name in (*names.models[::50], *names.accounts[::50], EVERYONE):
        for typed in (name, name.upper(), name.title(), f"  {name}\n"):
            assert await source.find(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " ", "model_0000", "model_00005x", "every one", "nobody", "x" * 10_000]
)
async def test_what_is_no_name_is_not_found(source: SampleSource, typed: str) -> None:
    assert await source.find(typed) is None


@pytest.mark.parametrize("name", ["", "nobody", "MODEL_00005", "model_00005 ", "Everyone"])
async def test_a_history_needs_the_name_as_it_is_spelled(source: SampleSource, name: str) -> None:
    with pytest.raises(KeyError, match=name.strip() or "''"):
        await source.history(name)


# ---------------------------------------------------------------- rows


async def test_everyone_is_every_row_of_the_file(source: SampleSource, rows: pd.DataFrame) -> None:
    everyone = await all_rows(source)
    assert everyone.round.size == len(rows) == 60_756
    assert (everyone.name, everyone.kind) == (EVERYONE, "everyone")
    assert everyone.models == (await source.names()).models
    assert everyone.asked_at is None
    assert everyone.notice == ""
    same_rows(everyone, rows)


async def test_no_model_has_two_rows_in_a_round(source: SampleSource) -> None:
    everyone = await all_rows(source)
    assert len(set(zip(everyone.model.tolist(), everyone.round.tolist(), strict=True))) == 60_756


async def test_what_is_unknown_is_nan_and_never_0(source: SampleSource, rows: pd.DataFrame) -> None:
    everyone = await all_rows(source)
    for column, unknown in {
        "corr": 0,
        "tc": 2131,  # 974 of them in another unit
        "fnc_v3": 18_286,
        "stake_nmr": 844,
        "payout_nmr": 2596,
    }.items():
        assert rows[column].isna().sum() == unknown
        assert np.isnan(COLUMNS[column](everyone)).sum() == unknown
    staked = everyone.stake > 0
    assert np.isnan(everyone.payout[staked]).sum() == 1065
    assert ((everyone.stake == 0) & (everyone.payout == 0)).sum() == 21_822


@pytest.mark.slow
async def test_a_model_has_its_own_rows_in_order(source: SampleSource, rows: pd.DataFrame) -> None:
    for name in (await source.names()).models[::73]:
        history = await source.history(name)
        assert (history.name, history.kind, history.models) == (name, "model", (name,))
        assert (history.model == 0).all()
        assert (np.diff(history.round) > 0).all()
        same_rows(history, rows[rows["model"] == name])


@pytest.mark.slow
async def test_an_account_is_the_union_of_its_models(source: SampleSource, rows: pd.DataFrame) -> None:
    sizes = rows.groupby("account")["model"].nunique().sort_values()
    assert sizes.iloc[-1] == 32
    for name in (*sizes.index[-5:], *sizes.index[::100]):
        account = await source.history(str(name))
        assert (account.name, account.kind) == (name, "account")
        assert list(account.models) == sorted(rows.loc[rows["account"] == name, "model"].unique())
        same_rows(account, rows[rows["account"] == name])
        together = [as_frame(await source.history(model)) for model in account.models]
        pd.testing.assert_frame_equal(as_frame(account), pd.concat(together, ignore_index=True))


@pytest.mark.slow
async def test_accounts_share_out_the_models_without_a_rest(source: SampleSource) -> None:
    names = await source.names()
    owned = [model for account in names.accounts for model in (await source.history(account)).models]
    assert sorted(owned) == list(names.models)


async def test_the_factor_of_a_row_is_that_of_its_round(source: SampleSource, calendar: pd.DataFrame) -> None:
    everyone = await all_rows(source)
    by_round = calendar.set_index("round")["payout_factor"]
    np.testing.assert_array_equal(everyone.payout_factor, by_round[everyone.round])


async def test_the_sample_held_at_most_17_percent_of_what_was_at_risk(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    everyone = await all_rows(source)
    final = everyone.only(everyone.resolved)
    numbers, at = np.unique(final.round, return_inverse=True)
    held = np.bincount(at, weights=np.nan_to_num(final.stake))
    total = calendar.set_index("round")["total_at_risk_nmr"][numbers].to_numpy()
    grown = total > 15_000  # from round 186 on; before it the whole tournament risked less
    shares = dict(zip(numbers[grown].tolist(), 100 * held[grown] / total[grown], strict=True))
    assert min(shares) == 186
    assert max(shares, key=lambda number: shares[number]) == 306
    assert [round(shares[number], 1) for number in (306, 307, 321)] == [17.4, 0.8, 0.9]
    assert "17 % of all stake at best" in source.caveats[EVERYONE]


async def test_scores_name_the_final_rounds_that_have_them(source: SampleSource, rows: pd.DataFrame) -> None:
    scores = await source.scores()
    assert dict(scores) == {"corr": (168, 321), "tc": (200, 321), "fnc_v3": (267, 321)}
    for score, (first, last) in scores.items():
        having = rows.loc[rows["final"] & rows[score].notna(), "round"]
        assert (having.min(), having.max()) == (first, last)


async def test_the_last_rounds_of_either_export_are_interim(source: SampleSource, rows: pd.DataFrame) -> None:
    everyone = await all_rows(source)
    assert np.count_nonzero(everyone.resolved) == rows["final"].sum() == 56_457
    final = everyone.only(everyone.resolved)
    last = pd.Series(final.round).groupby(final.model).max()
    assert last.max() == 321
    assert set(everyone.round[~everyone.resolved].tolist()) == {*range(307, 311), *range(322, 326)}
    later = set(everyone.model[everyone.round > 310].tolist())
    assert len(later) == 100
    stayed = np.isin(everyone.model, list(later))
    assert everyone.resolved[stayed & (everyone.round <= 321)].all()
    assert all(final.round[final.model == model].max() <= 306 for model in set(last.index) - later)


async def test_on_final_rows_the_sample_is_paid_as_the_tournament_is(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    everyone = await all_rows(source)
    paid = everyone.only(everyone.resolved & (everyone.stake > 0) & ~np.isnan(everyone.payout))
    assert paid.round.min() == 202  # the first round with payouts on record
    rows = pd.DataFrame({"round": paid.round, "stake": paid.stake, "payout": paid.payout})
    mine = rows.groupby("round").sum()
    whole = calendar.set_index("round").loc[mine.index]
    per_nmr = pd.DataFrame(
        {
            "sample": mine["payout"] / mine["stake"],
            "tournament": whole["total_payout_nmr"] / whole["total_at_risk_nmr"],
        }
    )
    complete = per_nmr.drop(index=range(307, 311))  # in these only the 100 later models are final
    assert len(complete) == 116
    assert complete.mean().round(4).tolist() == [0.0196, 0.0193]
    assert complete.corr().loc["sample", "tournament"] == pytest.approx(0.956, abs=0.0005)
    since = per_nmr.loc[263:]
    gap = since["sample"] - since["tournament"]
    assert [round(value, 4) for value in (*since.mean(), gap.mean())] == [0.0149, 0.0121, 0.0029]
    ends = [end / len(gap) for end in total_by_ewc(gap)]
    assert ends == pytest.approx([-0.0009, 0.0066], abs=0.00005)


async def test_some_rows_of_a_history_keep_their_columns_together(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    everyone = await all_rows(source)
    recent = everyone.only(everyone.round >= 311)
    same_rows(recent, rows[rows["round"] >= 311])
    assert (recent.name, recent.kind, recent.models) == (everyone.name, everyone.kind, everyone.models)
    picked = recent.only(np.array([5, 0]))
    np.testing.assert_array_equal(picked.stake, recent.stake[[5, 0]])
    np.testing.assert_array_equal(picked.scores["tc"], recent.scores["tc"][[5, 0]])
    assert everyone.only(np.zeros(60_756, dtype=bool)).round.size == 0
    assert everyone.round.size == 60_756


async def test_what_it_hands_out_is_frozen(source: SampleSource) -> None:
    history = await source.history("model_00005")
    for thing, field in (
        (history, "stake"),
        (history, "name"),
        (await source.names(), "models"),
        (await source.rounds(), "number"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, None)


async def test_a_model_s_numbers_are_a_copy_that_leaves_the_sample_alone(source: SampleSource) -> None:
    before = as_frame(await source.history("model_00005"))
    history = await source.history("model_00005")
    history.stake[:] = -1
    history.scores["corr"][:] = -1
    pd.testing.assert_frame_equal(as_frame(await source.history("model_00005")), before)
