"""`/stakes` mistyped, half-typed, and asked of a source that is odd."""

import math
from dataclasses import replace
from typing import Any

import pytest

from bot import Settings, create_bot
from features.stakes.holders import suggest_holders
from features.stakes.influence import stake_influence
from features.stakes.leaving.unstaking import unstake_scenario
from storage.database import fetch_all
from tests.cogs.answers import check_answer
from tests.cogs.stakes.asking import COMMANDS, ask, plain
from tests.offline import Server, all_told, titles
from tournament.sample import SampleSource
from tournament.source import Source, SourceError, Stakes, TournamentField
from ui.text import plain as escaped

MODEL, LARGEST = "model_07585", "account_03061"


async def restart(server: Server, settings: Settings, source: Source) -> None:
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))


# ---------------------------------------------------------------- bad input

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("who", {"name": "model_0758"}, "called “model_0758” on the leaderboard. Did you mean model_"),
    ("who", {"name": "no such thing @everyone **bold** <@1>"}, "There is no model or account called"),
    ("who", {"name": "   "}, "Start typing a model's or an account's name"),
    ("who", {"name": "x" * 5000}, "Start typing a model's or an account's name"),
    ("who", {"name": MODEL, "tournament": "signals"}, "There are no numbers of Signals here"),
    ("concentration", {"tournament": "crypto"}, "There are no numbers of Crypto here: this bot has Classic."),
    ("influence", {"tournament": "signals"}, "There are no numbers of Signals here"),
    ("influence", {"rounds": "yesterday"}, "Write it like 20"),
    ("influence", {"rounds": "325-311"}, "Did you mean 311-325?"),
    ("influence", {"rounds": "400-420"}, "the data has rounds 200-321"),
    ("influence", {"score": "banana"}, "“banana” is not a score here: there are CORR, TC, FNCv3."),
    ("influence", {"score": "x" * 5000}, "is not a score here"),
    ("influence", {"threshold": 0.0}, "The threshold is a number of NMR above 0, like 8000."),
    ("influence", {"threshold": -1.0}, "The threshold is a number of NMR above 0"),
    ("influence", {"zoom": 0.0}, "The zoom is a number of NMR above 0"),
    ("influence", {"zoom": 1e12}, "The zoom is a number of NMR above 0"),
    ("unstake", {"top": 3, "above": 10.0}, "Choose one of top, above and who"),
    ("unstake", {"top": 3, "who": MODEL}, "Choose one of top, above and who"),
    ("unstake", {"above": 3.0, "who": MODEL}, "Choose one of top, above and who"),
    ("unstake", {"top": 0}, "At least one holder has to leave: type a number from 1."),
    ("unstake", {"top": -5}, "At least one holder has to leave"),
    ("unstake", {"above": -1.0}, "A threshold is a number of NMR of 0 or more, like 8000."),
    ("unstake", {"volume": 0.0}, "A daily volume is a number of NMR above 0, like 100000."),
    ("unstake", {"volume": -3.0}, "A daily volume is a number of NMR above 0"),
    ("unstake", {"volume": 1e12}, "A daily volume is a number of NMR above 0"),
    ("unstake", {"who": "account_0306"}, "called “account_0306” on the leaderboard. Did you mean account_"),
    ("history", {"tournament": "signals"}, "There are no numbers of Signals here"),
    ("concentration", {"day": "2022-12-21"}, "No stakes of 2022-12-21 are kept here. There are those of"),
    ("concentration", {"day": "yesterday"}, "I can't read “yesterday” as a range of rounds"),
    ("concentration", {"day": "311-325"}, "That is more than one round."),
    ("concentration", {"day": "round 900"}, "the data has rounds"),
    ("concentration", {"day": "x" * 5000}, "That range of rounds has 5,000 characters"),
]


async def test_bad_input_gets_one_clear_sentence(server: Server, subtests: pytest.Subtests) -> None:
    for question, options, sentence in BAD:
        with subtests.test(f"{question} {sentence}"):
            reply = await ask(server, question, **options)
            assert sentence in plain(reply.content)
            assert len(reply.content) < 700
            assert titles(reply) == []
            assert "@everyone" not in reply.content
    assert await fetch_all(server.database, "SELECT 1 FROM asked_questions") == []


@pytest.mark.parametrize("number", [math.nan, math.inf])
@pytest.mark.parametrize(
    ("question", "option"),
    [("unstake", "above"), ("unstake", "volume"), ("influence", "threshold"), ("influence", "zoom")],
)
async def test_what_is_no_number_is_refused_below_discord_s_own_check(
    server: Server, question: str, option: str, number: float
) -> None:
    source = server.bot.tools.sources["classic"]
    asked: dict[str, Any] = {"daily_volume" if option == "volume" else option: number}
    answer = (
        stake_influence(source, **asked)
        if question == "influence"
        else unstake_scenario(source, source, **asked)
    )
    with pytest.raises(ValueError, match="is a number of NMR"):
        await answer


# ---------------------------------------------------------------- names while somebody types


async def offered(server: Server, command: str, option: str, typed: str, **filled: Any) -> list[str]:
    choices = await server.ben.autocomplete(server.channel, f"stakes {command}", option, typed, **filled)
    assert len(choices) <= 25
    for choice in choices:
        name, told = choice["name"].split(" · ")
        assert choice["value"].startswith(name)
        assert told.endswith(" NMR") or told == "no stake"
    return [choice["value"] for choice in choices]


@pytest.mark.parametrize(("command", "option"), [("who", "name"), ("unstake", "who")])
async def test_staked_names_are_offered_largest_first(
    server: Server, source: SampleSource, command: str, option: str
) -> None:
    stakes = await source.stakes()
    stake = dict(zip(stakes.accounts, stakes.account_stake, strict=True))
    stake |= dict(zip(stakes.models, stakes.model_stake, strict=True))
    names = await offered(server, command, option, "")
    assert len(names) == 25
    assert names[0] == LARGEST
    sizes = [stake[name] for name in names]
    assert sizes == sorted(stake.values(), reverse=True)[:25]
    assert await offered(server, command, option, " MODEL_07585 ") == [MODEL]
    assert await offered(server, command, option, "model_00057") == ["model_00057"]
    sizes = [stake[name] for name in await offered(server, command, option, "model_0005")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0 == sizes[-1], "those with nothing to show come last"
    assert await offered(server, command, option, "y" * 3000) == []
    assert await offered(server, command, option, "model", tournament="signals") == []


# ---------------------------------------------------------------- other sources


class Unread(SampleSource):
    """A live source that has read nothing yet."""

    async def stakes(self) -> Stakes:
        raise SourceError("The leaderboard has not been read yet", "Try again in a minute or two.")


class Silent(SampleSource):
    """A source that can't say what everybody was paid."""

    async def everyone(self) -> TournamentField:
        raise SourceError("Nobody else has been read yet")


class LongNames(SampleSource):
    """Names as long and as marked up as they can be."""

    async def stakes(self) -> Stakes:
        stakes = await super().stakes()
        models, accounts = (tuple(map(lengthened, names)) for names in (stakes.models, stakes.accounts))
        return replace(stakes, models=models, accounts=accounts)

    async def everyone(self) -> TournamentField:
        field = await super().everyone()
        history = field.read(field.numbers)
        return TournamentField.of(replace(history, models=tuple(map(lengthened, history.models))))


def lengthened(name: str) -> str:
    return (name + "*_`~|" * 20)[:100]


async def test_a_leaderboard_that_was_not_read_is_a_sentence(server: Server, settings: Settings) -> None:
    await restart(server, settings, Unread())
    for question, options in COMMANDS:
        reply = await ask(server, question, **options)
        assert "The leaderboard has not been read yet. Try again in a minute or two." in reply.content
    assert await offered(server, "who", "name", "model") == []
    assert await suggest_holders(Unread(), "") == [], "discord.py would pass over an error without a word"
    assert await fetch_all(server.database, "SELECT 1 FROM stake_snapshots") == []


@pytest.mark.slow
async def test_without_everyone_s_history_all_but_influence_still_answer(
    server: Server, settings: Settings
) -> None:
    await restart(server, settings, Silent())
    for question, options in COMMANDS:
        reply = await ask(server, question, **options)
        if question == "influence":
            assert reply.content == "Nobody else has been read yet. Try again in a few minutes."
        else:
            await check_answer(reply)
    text = await all_told(server.ben, await ask(server, "unstake"))
    assert "Each payout would be 1.70 times as large" in text
    assert "In rounds" not in text


@pytest.mark.slow
async def test_the_longest_names_fit_and_do_not_format(server: Server, settings: Settings) -> None:
    source = LongNames()
    await restart(server, settings, source)
    for question, options in COMMANDS:
        if question != "who":
            await check_answer(await ask(server, question, **options))
    stakes = await source.stakes()
    for names, stake in ((stakes.models, stakes.model_stake), (stakes.accounts, stakes.account_stake)):
        name = names[int(stake.argmax())]
        assert name in await offered(server, "who", "name", name)
        reply = await ask(server, "who", name=name)
        await check_answer(reply)
        assert titles(reply)[0].startswith(escaped(name) + " holds ")
        leaving = await ask(server, "unstake", who=name)
        await check_answer(leaving)
        assert titles(leaving)[0].startswith(f"If {escaped(name)} leaves: ")
