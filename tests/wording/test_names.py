"""What people mean by a name or a range of rounds, and what they are offered when it is neither."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournament.sample import SampleSource
from tournament.source import EVERYONE, Names, Stakes
from wording.names import find_name, find_rounds, suggest_names

MODELS = (
    "*bold*_heron",
    "<@123>",
    "Brass_Kettle",
    "brass_kettles",
    "quiet_heron",
    "quiet_heron_2",
    "Ωμέγα 🦉",
)
ACCOUNTS = ("heron_house", "kettle_works")
NAMES = Names(MODELS, ACCOUNTS)
SAMPLE_ROUNDS = np.arange(168, 326)
EXAMPLES = "Write it like 20 (the last 20), 311-325, round 318 or all."


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SampleSource:
    folder: Path = tmp_path_factory.mktemp("small")
    row = {"round": 318, "corr": 0.01, "tc": 0.02, "fnc_v3": 0.01, "corr_multiplier": 1, "tc_multiplier": 0}
    row |= {"payout_factor": 0.5, "stake_nmr": 10, "payout_nmr": 0.05}
    owners = [ACCOUNTS["ettle" in model] for model in MODELS]
    pd.DataFrame({"model": MODELS, "account": owners} | row).to_csv(
        folder / "performance_r168_r325.csv.gz", index=False
    )
    calendar = {"round": [318], "open_time": "2022-05-28T18:00:00Z", "resolve_time": "2022-06-30T20:00:00Z"}
    calendar |= {"is_daily": False, "payout_factor": 0.5, "stake_threshold_nmr": 300_000}
    pd.DataFrame(calendar | {"total_at_risk_nmr": 600_000}).to_csv(
        folder / "rounds_2022-12-22.csv", index=False
    )
    pd.DataFrame({"model": MODELS, "account": owners, "nmr_staked": 10.0}).to_csv(
        folder / "leaderboard_2022-12-22.csv.gz", index=False
    )
    (folder / "nmr_usd_daily.csv").write_text("date,usd_per_nmr\n", encoding="utf-8")
    return SampleSource(folder)


# ---------------------------------------------------------------- a name


@pytest.mark.parametrize("name", [*MODELS, *ACCOUNTS, EVERYONE])
async def test_a_name_is_found_whatever_its_case_and_the_space_around_it(
    source: SampleSource, name: str
) -> None:
    for typed in (name, name.upper(), name.lower(), f" {name} \n"):
        assert await find_name(source, typed) == name


@pytest.mark.parametrize(
    ("typed", "offer"),
    [
        ("quiet_hero", " Did you mean quiet_heron or quiet_heron_2?"),
        ("QUIET HERON", " Did you mean quiet_heron or quiet_heron_2?"),
        ("kettle_work", " Did you mean kettle_works?"),
        ("evryone", " Did you mean everyone?"),
        ("brass_ketle", " Did you mean Brass_Kettle or brass_kettles?"),
        ("zzz", ""),
        ("1' OR '1'='1", ""),
    ],
)
async def test_a_name_that_is_none_is_answered_with_the_nearest(
    source: SampleSource, typed: str, offer: str
) -> None:
    with pytest.raises(ValueError, match="There is no model") as caught:
        await find_name(source, typed)
    assert str(caught.value) == f"There is no model or account called “{typed}” in this data.{offer}"


async def test_at_most_three_names_are_offered(source: SampleSource) -> None:
    with pytest.raises(ValueError, match=r"Did you mean [^,]*(, [^,]*)? or [^,]*\?$"):
        await find_name(source, "heron_kettle")


@pytest.mark.parametrize("typed", ["", " ", "\n\t "])
async def test_an_empty_name_says_what_to_do(source: SampleSource, typed: str) -> None:
    with pytest.raises(ValueError, match=r"^That name is empty\. Start typing a model's name and pick one"):
        await find_name(source, typed)


@pytest.mark.parametrize(("length", "counted"), [(101, "101"), (10_000, "10,000")])
async def test_a_name_too_long_is_counted_and_not_repeated(
    source: SampleSource, length: int, counted: str
) -> None:
    with pytest.raises(ValueError, match="characters") as caught:
        await find_name(source, "@" * length)
    assert str(caught.value) == f"That name has {counted} characters; names have at most 100."


async def test_a_name_of_100_characters_is_looked_up_and_quoted_in_part(source: SampleSource) -> None:
    with pytest.raises(ValueError, match="There is no model") as caught:
        await find_name(source, "x" * 100)
    assert str(caught.value) == f"There is no model or account called “{'x' * 39}…” in this data."


@pytest.mark.parametrize("typed", ["**bold**", "@everyone!!", "<@&900719925474099301>", "[a](https://a.b)"])
async def test_markup_and_mentions_are_names_like_any_other(source: SampleSource, typed: str) -> None:
    # what may format or ping is for the reply to escape; here it is told apart and quoted as typed
    with pytest.raises(ValueError, match="There is no model") as caught:
        await find_name(source, typed)
    assert f"called “{typed}” in" in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(typed=st.one_of(st.text(max_size=120), st.sampled_from((EVERYONE, *MODELS, *ACCOUNTS))))
async def test_any_name_is_found_or_refused_in_a_few_words(source: SampleSource, typed: str) -> None:
    found, refused = "", ""
    try:
        found = await find_name(source, typed)
    except ValueError as error:
        refused = str(error)
    if found:
        assert found.casefold() == typed.strip().casefold()
    else:
        assert typed not in (EVERYONE, *MODELS, *ACCOUNTS)
        assert 0 < len(refused) < 250


# ---------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", [EVERYONE, *MODELS, *ACCOUNTS]),
        ("quiet", ["quiet_heron", "quiet_heron_2"]),
        ("  QUIET ", ["quiet_heron", "quiet_heron_2"]),
        ("heron", ["heron_house", "*bold*_heron", "quiet_heron", "quiet_heron_2"]),
        ("kettle", ["kettle_works", "Brass_Kettle", "brass_kettles"]),
        ("every", [EVERYONE]),
        ("ωμέγα", ["Ωμέγα 🦉"]),
        ("<@", ["<@123>"]),
        ("nothing like it", []),
        ("x" * 10_000, []),
    ],
)
def test_names_that_start_with_the_text_come_before_those_that_hold_it(
    typed: str, expected: list[str]
) -> None:
    assert suggest_names(NAMES, typed) == [(name, name) for name in expected]


def test_names_come_with_their_stake_and_those_without_one_come_last() -> None:
    held = dict.fromkeys(MODELS, 0.0) | {"quiet_heron_2": 812.5, "Brass_Kettle": 1_234.0}
    stakes = Stakes(
        date(2031, 5, 4), MODELS, np.array(list(held.values())), ACCOUNTS, np.array([5.0, 0.0]), None, True
    )
    assert suggest_names(NAMES, "quiet", stakes) == [
        ("quiet_heron_2 · 812.5 NMR", "quiet_heron_2"),
        ("quiet_heron · no stake", "quiet_heron"),
    ]
    offered = [name for _, name in suggest_names(NAMES, "", stakes)]
    assert offered[:4] == [EVERYONE, "Brass_Kettle", "quiet_heron_2", "heron_house"]
    assert sorted(offered) == sorted([EVERYONE, *MODELS, *ACCOUNTS])
    long = Names(("w" * 100,), ())
    [(shown, name)] = suggest_names(long, "w", stakes)
    assert (len(shown), name) == (100, "w" * 100)


def test_suggestions_stop_at_25_as_a_list_in_discord_does() -> None:
    many = Names(tuple(f"heron_{i:03}" for i in range(40)), tuple(f"quiet_heron_{i:03}" for i in range(40)))

    def offered(typed: str, limit: int = 25) -> list[str]:
        return [name for _, name in suggest_names(many, typed, limit=limit)]

    assert offered("") == [EVERYONE, *many.models[:24]]
    assert offered("heron") == list(many.models[:25])
    assert offered("quiet") == list(many.accounts[:25])
    assert offered("heron_03") == [*many.models[30:], *many.accounts[30:]][:25]
    assert offered("heron", limit=3) == list(many.models[:3])


# ---------------------------------------------------------------- rounds


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("20", 306, 325),
        ("last 20", 306, 325),
        ("  LAST   20 ", 306, 325),
        ("1", 325, 325),
        ("last 1", 325, 325),
        ("150", 176, 325),  # a plain number is the last so many, whether or not a round has that number
        ("200", 168, 325),
        ("20 rounds", 306, 325),
        ("the last 20 rounds", 306, 325),
        ("last 318", 168, 325),
        ("last 999999", 168, 325),
        ("round 168", 168, 168),
        ("Round 318", 318, 318),
        ("#325", 325, 325),
        ("３１１〜３２５", 311, 325),
        ("rounds 311-325", 311, 325),
        ("311-325", 311, 325),
        ("311 - 325", 311, 325),
        ("311–325", 311, 325),
        ("311—325", 311, 325),
        ("311..325", 311, 325),
        ("311 to 325", 311, 325),
        ("318-318", 318, 318),
        ("0-200", 168, 200),
        ("320-999999", 320, 325),
        ("all", 168, 325),
        (" All ", 168, 325),
    ],
)
def test_ranges_as_people_type_them(typed: str, first: int, last: int) -> None:
    np.testing.assert_array_equal(find_rounds(typed, SAMPLE_ROUNDS), np.arange(first, last + 1))


def test_the_last_rounds_are_those_that_are_there() -> None:
    gaps = np.array([198, 200, 201, 240])
    np.testing.assert_array_equal(find_rounds("3", gaps), [200, 201, 240])
    np.testing.assert_array_equal(find_rounds("199-210", gaps), [200, 201])
    np.testing.assert_array_equal(find_rounds("all", gaps), gaps)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("325-311", "Rounds 325-311 run backwards. Did you mean 311-325?"),
        ("326-330", "There is nothing in rounds 326-330: the data has rounds 168-325."),
        ("1-167", "There is nothing in rounds 1-167: the data has rounds 168-325."),
        ("0", f"The last 0 rounds are no rounds. {EXAMPLES}"),
        ("last 0", f"The last 0 rounds are no rounds. {EXAMPLES}"),
        ("", f"I can't read “” as a range of rounds. {EXAMPLES}"),
        ("last", f"I can't read “last” as a range of rounds. {EXAMPLES}"),
        ("-5", f"I can't read “-5” as a range of rounds. {EXAMPLES}"),
        ("3.5", f"I can't read “3.5” as a range of rounds. {EXAMPLES}"),
        ("311-", f"I can't read “311-” as a range of rounds. {EXAMPLES}"),
        ("311-315-325", f"I can't read “311-315-325” as a range of rounds. {EXAMPLES}"),
        ("168 325", f"I can't read “168 325” as a range of rounds. {EXAMPLES}"),
        ("nan", f"I can't read “nan” as a range of rounds. {EXAMPLES}"),
        ("Everything", f"I can't read “Everything” as a range of rounds. {EXAMPLES}"),
        ("٣١٨", f"I can't read “٣١٨” as a range of rounds. {EXAMPLES}"),
        ("1234567", f"I can't read “1234567” as a range of rounds. {EXAMPLES}"),
        ("x" * 40, f"I can't read “{'x' * 40}” as a range of rounds. {EXAMPLES}"),
        ("x" * 41, f"That range of rounds has 41 characters. {EXAMPLES}"),
        ("1" * 10_000, f"That range of rounds has 10,000 characters. {EXAMPLES}"),
    ],
)
def test_ranges_that_make_no_sense_get_their_sentence(typed: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        find_rounds(typed, SAMPLE_ROUNDS)
    assert str(caught.value) == words


def test_a_single_round_that_is_not_there_is_named_once() -> None:
    with pytest.raises(ValueError, match=r"^There is nothing in round 400: the data has rounds 168-325\.$"):
        find_rounds("round 400", SAMPLE_ROUNDS)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"(last )?[0-9]{1,7}( ?(-|to) ?[0-9]{1,7})?")))
def test_any_text_is_rounds_that_are_there_or_a_sentence(typed: str) -> None:
    chosen, refused = np.empty(0), ""
    try:
        chosen = find_rounds(typed, SAMPLE_ROUNDS)
    except ValueError as error:
        refused = str(error)
    if refused:
        assert refused.endswith((".", "?"))
        assert len(refused) < 200
    else:
        assert chosen.size
        assert np.isin(chosen, SAMPLE_ROUNDS).all()
        assert (np.diff(chosen) > 0).all()
