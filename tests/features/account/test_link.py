"""What a member says is theirs: kept, described from the data, and asked for where it is missing."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from features.account.link import NotLinkedError, asked_about, link_account, linked_account
from storage.database import Database
from storage.members.links import AccountLink, link_of, remove_link, set_link
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE

MEMBER, OTHER = 900719925474099301, 900719925474099302
NOW = datetime(2031, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
MODEL = "model_02765"
NEVER_STAKED = "model_00112"
ACCOUNT = "account_06446"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


@pytest.mark.slow
async def test_a_linked_model_is_kept_as_the_source_spells_it(db: Database, source: SampleSource) -> None:
    told = await link_account(db, source, MEMBER, f"  {MODEL.upper()} ", NOW)
    assert told.link == AccountLink(MEMBER, MODEL, "model", "classic", NOW)
    assert await link_of(db, MEMBER) == told.link
    assert await link_of(db, OTHER) is None


async def test_what_is_said_of_a_model_is_what_the_file_says(
    db: Database, source: SampleSource, rows: pd.DataFrame
) -> None:
    told = await link_account(db, source, MEMBER, MODEL, NOW)
    own = rows[rows["model"] == MODEL].sort_values("round")
    staked = own[own["stake_nmr"] > 0]
    assert told.models == (MODEL,)
    assert (told.first_round, told.last_round) == (own["round"].min(), own["round"].max()) == (235, 325)
    assert told.staked_rounds == len(staked) == 21
    assert told.stake == pytest.approx(staked["stake_nmr"].iloc[-1])
    assert (told.source, told.until) == ("Sample, 2022", date(2022, 7, 23))


async def test_what_is_said_of_an_account_adds_up_its_models(
    db: Database, source: SampleSource, rows: pd.DataFrame
) -> None:
    told = await link_account(db, source, MEMBER, ACCOUNT, NOW)
    own = rows[rows["account"] == ACCOUNT]
    staked = own[own["stake_nmr"] > 0]
    assert told.link.kind == "account"
    assert list(told.models) == sorted(own["model"].unique())
    assert (told.first_round, told.last_round) == (own["round"].min(), own["round"].max())
    assert told.staked_rounds == staked["round"].nunique()
    newest = staked[staked["round"] == staked["round"].max()]
    assert told.stake == pytest.approx(newest["stake_nmr"].sum())


async def test_a_model_that_was_never_staked_has_nothing_at_stake(db: Database, source: SampleSource) -> None:
    told = await link_account(db, source, MEMBER, NEVER_STAKED, NOW)
    assert (told.staked_rounds, told.stake) == (0, 0.0)
    assert (told.first_round, told.last_round) == (239, 310)


@pytest.mark.slow
async def test_every_account_can_be_described(db: Database, source: SampleSource, rows: pd.DataFrame) -> None:
    staked = rows[rows["stake_nmr"] > 0]
    newest = staked[staked["round"] == staked.groupby("account")["round"].transform("max")]
    stakes = newest.groupby("account")["stake_nmr"].sum()
    for name in (await source.names()).accounts[::25]:
        told = await link_account(db, source, MEMBER, name, NOW)
        assert told.stake == pytest.approx(stakes.get(name, 0.0))
        assert told.staked_rounds == staked.loc[staked["account"] == name, "round"].nunique()


async def test_the_link_can_be_read_again(db: Database, source: SampleSource) -> None:
    told = await link_account(db, source, MEMBER, MODEL, NOW)
    assert await linked_account(db, lambda _: source, MEMBER) == told


async def test_linking_again_replaces_and_others_keep_theirs(db: Database, source: SampleSource) -> None:
    await link_account(db, source, MEMBER, MODEL, NOW)
    await link_account(db, source, OTHER, ACCOUNT, NOW)
    await link_account(db, source, MEMBER, NEVER_STAKED, NOW)
    assert (await linked_account(db, lambda _: source, MEMBER)).link.name == NEVER_STAKED
    assert (await linked_account(db, lambda _: source, OTHER)).link.name == ACCOUNT


# ---------------------------------------------------------------- what can't be linked


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("everyone", "Everyone can't be linked: pick one model or account."),
        (" EVERYONE ", "Everyone can't be linked: pick one model or account."),
        ("", "That name is empty. Start typing a model's name and pick one from the list."),
        ("quiet_heron", "There is no model or account called “quiet_heron” in this data."),
        ("**bold** <@123>", "There is no model or account called “**bold** <@123>” in this data."),
        (
            "@everyone",
            "There is no model or account called “@everyone” in this data. Did you mean everyone?",
        ),
        (
            "modle_00005",
            "There is no model or account called “modle_00005” in this data. "
            "Did you mean model_00005, model_00057 or model_00035?",
        ),
        ("x" * 10_000, "That name has 10,000 characters; names have at most 100."),
    ],
)
async def test_what_cannot_be_linked_says_why_and_changes_nothing(
    db: Database, source: SampleSource, typed: str, words: str
) -> None:
    before = (await link_account(db, source, MEMBER, MODEL, NOW)).link
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        await link_account(db, source, MEMBER, typed, NOW)
    assert str(caught.value) == words
    assert await link_of(db, MEMBER) == before


# ---------------------------------------------------------------- members without a link


def test_a_member_without_a_link_is_told_what_to_type() -> None:
    assert str(NotLinkedError()) == (
        "You have not linked a model yet. Type /account link and pick yours, or name any model to try it."
    )


async def test_a_member_without_a_link_is_told_so_everywhere(db: Database, source: SampleSource) -> None:
    await link_account(db, source, OTHER, MODEL, NOW)
    with pytest.raises(ValueError, match="not linked") as caught:
        await linked_account(db, lambda _: source, MEMBER)
    assert str(caught.value) == str(NotLinkedError())
    with pytest.raises(ValueError, match="not linked") as caught:
        await asked_about(db, MEMBER, None, None)
    assert str(caught.value) == str(NotLinkedError())


async def test_a_link_that_was_removed_is_no_link(db: Database, source: SampleSource) -> None:
    await link_account(db, source, MEMBER, MODEL, NOW)
    assert await remove_link(db, MEMBER)
    with pytest.raises(ValueError, match="not linked"):
        await asked_about(db, MEMBER, None, None)


async def test_a_link_the_data_no_longer_has_is_answered_with_the_nearest(
    db: Database, source: SampleSource
) -> None:
    await set_link(db, AccountLink(MEMBER, "modle_00005", "model", "classic", NOW))
    with pytest.raises(ValueError, match=r"called “modle_00005” in this data\. Did you mean model_00005"):
        await linked_account(db, lambda _: source, MEMBER)


# ---------------------------------------------------------------- whom a question is about


async def test_what_was_typed_comes_before_what_is_linked(db: Database, source: SampleSource) -> None:
    await link_account(db, source, MEMBER, MODEL, NOW)
    assert await asked_about(db, MEMBER, None, None) == (MODEL, "classic")
    for typed in (EVERYONE, "quiet_heron", "", "x" * 10_000):
        assert await asked_about(db, MEMBER, typed, None) == (typed, "classic")
        assert await asked_about(db, OTHER, typed, "signals") == (typed, "signals")
