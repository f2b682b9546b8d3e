"""Who proves that an account is theirs, and who can't."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.account.verify import finish_verification, holds_code, start_verification
from storage.database import Database
from storage.members.verifications import AccountVerification, code_of, drop_verification, verification_of
from tests.features.account.verifying import ADA, BERT, NOW, Profiles, finish, start, verify
from tournament.sample import SampleSource

CODE = "0123456789abcdef01234567"


# ---------------------------------------------------------------- a code in a text


@pytest.mark.parametrize(
    ("bio", "held"),
    [
        (CODE, True),
        (CODE.upper(), True),  # a phone may write the first letter large
        (f"I like tides. {CODE} And herons.", True),
        (f"<p>{CODE}</p>", True),
        (f"deadbeef{CODE}deadbeef", True),
        (f"{CODE[1:]}{CODE[:-1]} {CODE}", True),
        ("x" * 100_000 + CODE, True),
        ("a" * 50_000 + CODE, True),
        ("", False),
        (CODE[:-1], False),
        (CODE[1:], False),
        (f"{CODE[:12]} {CODE[12:]}", False),
        (f"{CODE[:12]}\N{ZERO WIDTH SPACE}{CODE[12:]}", False),
        (CODE[::-1], False),
        ("0" * 100_000, False),
        ("\0" * 1000, False),
        ("\N{FULLWIDTH DIGIT ZERO}" + CODE[1:], False),
    ],
)
def test_a_code_is_found_wherever_it_stands(bio: str, held: bool) -> None:
    assert holds_code(bio, CODE) is held


@given(st.text(alphabet="01ab \n<", max_size=60), st.text(max_size=20), st.text(alphabet="01ab", max_size=20))
def test_a_code_is_held_just_when_it_is_part_of_the_text(before: str, between: str, after: str) -> None:
    code = "01ab" * 6
    for text in (before + code + after, before + between + after, before + code[:-1] + after, before * 9):
        assert holds_code(text, code) is (code in text.lower())


# ---------------------------------------------------------------- the way it should go


async def test_a_code_in_the_bio_verifies_the_account_that_has_the_model(
    db: Database, live: Profiles
) -> None:
    started = await start_verification(db, live, ADA, " tidewater ", " tide_2 ", NOW)
    assert (started.model, started.account) == ("tide_2", "tidewater")
    assert started.expires_at == NOW + timedelta(minutes=15)
    assert len(started.code) == 24
    kept = await code_of(db, ADA, NOW)
    assert kept is not None
    assert (kept.code, kept.model, kept.tournament) == (started.code, "tide_2", "classic")
    assert await verification_of(db, ADA) is None

    live.bios["tide_2"] = f"I like tides.\n{started.code}"
    after = NOW + timedelta(minutes=3)
    verified = await finish(db, live, after=timedelta(minutes=3))
    assert verified == AccountVerification(ADA, "classic", "tidewater", after, after)
    assert await verification_of(db, ADA) == verified
    assert await code_of(db, ADA, NOW) is None


async def test_no_code_is_like_another(db: Database, live: Profiles) -> None:
    codes = {await start(db, live) for _ in range(20)}
    assert len(codes) == 20


async def test_codes_are_kept_out_of_what_is_printed(db: Database, live: Profiles) -> None:
    started = await start_verification(db, live, ADA, None, "tide", NOW)
    assert started.code not in repr(started)
    assert started.code not in repr(await code_of(db, ADA, NOW))


async def test_the_source_of_the_code_is_asked(db: Database) -> None:
    signals, asked = Profiles("signals"), []
    signals.bios["tide"] = await start(db, signals)

    def source_of(tournament: str) -> Profiles:
        asked.append(tournament)
        return signals

    verified = await finish_verification(db, source_of, ADA, NOW)
    assert (verified.tournament, asked) == ("signals", ["signals"])


# ---------------------------------------------------------------- who is not verified


@pytest.mark.parametrize("bio", ["", "I like tides.", CODE, "x" * 100_000])
async def test_a_bio_without_the_code_proves_nothing_and_the_code_stays(
    db: Database, live: Profiles, bio: str
) -> None:
    code = await start(db, live)
    live.bios["tide"] = bio
    with pytest.raises(ValueError, match="does not hold your newest code") as caught:
        await finish(db, live)
    assert code not in str(caught.value)
    assert "tide" not in str(caught.value), "a log would say whose it is"
    assert await verification_of(db, ADA) is None
    live.bios["tide"] = code
    assert (await finish(db, live)).account == "tidewater"


async def test_the_code_has_to_be_in_the_bio_of_its_own_model(db: Database, live: Profiles) -> None:
    live.bios["tide_2"] = live.bios["solo"] = await start(db, live, model="tide")
    with pytest.raises(ValueError, match="does not hold your newest code"):
        await finish(db, live)


async def test_the_code_of_another_member_proves_nothing(db: Database, live: Profiles) -> None:
    live.bios["tide"] = await start(db, live, ADA)
    await start(db, live, BERT)
    with pytest.raises(ValueError, match="does not hold your newest code"):
        await finish(db, live, BERT)
    assert (await finish(db, live, ADA)).member_id == ADA
    assert await verification_of(db, BERT) is None


async def test_an_earlier_code_counts_no_more(db: Database, live: Profiles) -> None:
    live.bios["tide"] = await start(db, live)
    await start(db, live)
    with pytest.raises(ValueError, match="does not hold your newest code"):
        await finish(db, live)


@pytest.mark.parametrize(
    ("after", "good"),
    [
        (timedelta(0), True),
        (timedelta(minutes=14, seconds=59, microseconds=999_999), True),
        (timedelta(minutes=15), False),
        (timedelta(days=400), False),
    ],
)
async def test_a_code_lasts_a_quarter_of_an_hour(
    db: Database, live: Profiles, after: timedelta, good: bool
) -> None:
    live.bios["tide"] = await start(db, live)
    asked = len(live.asked)
    if good:
        assert (await finish(db, live, after=after)).account == "tidewater"
    else:
        with pytest.raises(ValueError, match=r"No code of yours is waiting.*/account verify"):
            await finish(db, live, after=after)
        assert len(live.asked) == asked, "nobody has to be asked about it"


async def test_who_never_asked_for_a_code_is_told_how(db: Database, live: Profiles) -> None:
    with pytest.raises(ValueError, match=r"Get another with /account verify\.$"):
        await finish(db, live)
    assert live.asked == []


async def test_a_code_is_good_for_one_verification(db: Database, live: Profiles) -> None:
    await verify(db, live)
    assert await drop_verification(db, ADA)
    with pytest.raises(ValueError, match="No code of yours is waiting"):
        await finish(db, live)


async def test_who_is_verified_has_to_give_that_up_first(db: Database, live: Profiles) -> None:
    verified = await verify(db, live)
    asked = len(live.asked)
    for again in (start(db, live, model="solo"), finish(db, live)):
        with pytest.raises(ValueError, match="You have a verified account already"):
            await again
    assert len(live.asked) == asked
    assert await verification_of(db, ADA) == verified
    await drop_verification(db, ADA)
    assert (await verify(db, live, model="solo")).account == "solo"


@pytest.mark.parametrize("model", ["tide", "tide_2"])
async def test_an_account_is_one_members(db: Database, live: Profiles, model: str) -> None:
    await verify(db, live, ADA)
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        await verify(db, live, BERT, model)
    assert await verification_of(db, BERT) is None
    assert await verification_of(db, ADA) is not None
    await drop_verification(db, ADA)
    assert (await finish(db, live, BERT)).account == "tidewater"


async def test_a_model_that_is_not_there_gets_no_code(db: Database, live: Profiles) -> None:
    for typed, words in [
        ("nobody", "no model"),
        ("", "empty"),
        (" ", "empty"),
        ("x" * 101, "101 characters"),
    ]:
        with pytest.raises(ValueError, match=words):
            await start(db, live, model=typed)
    with pytest.raises(ValueError, match="empty"):
        await start_verification(db, live, ADA, " ", "tide", NOW)
    assert await code_of(db, ADA, NOW) is None


async def test_a_model_that_went_to_another_account_proves_that_one(db: Database, live: Profiles) -> None:
    live.bios["tide"] = await start(db, live)
    live.owners["tide"] = "solo"
    assert (await finish(db, live)).account == "solo"


async def test_the_sample_gives_no_codes(db: Database, source: SampleSource) -> None:
    with pytest.raises(ValueError, match="Nobody can be verified here: this bot runs on its bundled sample"):
        await start_verification(db, source, ADA, None, "model_07585", NOW)
    assert await code_of(db, ADA, NOW) is None
