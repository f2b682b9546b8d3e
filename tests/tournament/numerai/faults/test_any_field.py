"""Any field of any answer may be null, absent or of another type: that ends in an answer or a sentence."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from features.ahead.pending import standing
from features.earnings.earnings import pay_record
from features.payout.compare import compare_payouts
from features.stakes.concentration import stake_concentration
from storage.database import Database, fetch_all
from tests.numerai_data import Invented, Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.asking import queries
from tournament.numerai.asking.queries import Query
from tournament.numerai.source import NumeraiSource
from tournament.source import EVERYONE, SourceError

pytestmark = pytest.mark.slow

ABSENT = object()
ODD: dict[str, Any] = {
    "null": None,
    "absent": ABSENT,
    "a text": "what",
    "a large number": 1e300,
    "a list": [None, "x", 3],
}
NO_PLACE_FOR = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|Traceback|object at 0x|\bNone\b(?! of)|\bnan\b")
# of the tournaments only Classic is asked here
ASKED = [
    each
    for each in queries.ALL
    if each
    not in (
        *(queries.MODEL_LEADERBOARDS[name] for name in ("signals", "crypto")),
        *(queries.ROUND_DETAILS[name] for name in ("signals", "crypto")),
        *(queries.OVERVIEWS[name] for name in ("signals", "crypto")),
    )
]


BOARD = (queries.MODEL_LEADERBOARDS["classic"].root, queries.ACCOUNT_LEADERBOARD.root)
# what is read ahead, and of which answers it is made
AHEAD = {
    "fields": frozenset(("__schema",)),
    "board": frozenset(BOARD),
    "rounds": frozenset((queries.ROUNDS.root, queries.ROUND_DETAILS["classic"].root)),
    "years": frozenset((queries.OVERVIEWS["classic"].root,)),
}
WHO = (queries.MODEL.root, queries.ACCOUNT.root)
SCORES_OUT, PRICE = queries.PIPELINE.root, queries.PRICE.root
# the same of each question: (what was read ahead, what is asked for); two tests below hold it
MADE_OF: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "names": (("board",), ()),
    "find": (("board",), (*BOARD, *WHO)),
    "pay": ((), (*BOARD, *WHO, PRICE, SCORES_OUT, queries.ROUNDS.root, queries.PERFORMANCES.root)),
    "pay of everyone": (("rounds",), (PRICE, SCORES_OUT, queries.ROUNDS.root)),
    "compare everyone": (("rounds",), (PRICE, queries.ROUNDS.root)),
    "concentration": (("board",), ()),
    "live rule": ((), (queries.ROUNDS.root,)),
    "price": ((), (PRICE,)),
    "claim": ((), WHO),
    "models": ((), (queries.ACCOUNT.root,)),
    "open rounds": (
        (),
        (*BOARD, *WHO, queries.ROUNDS.root, queries.PERFORMANCES.root, queries.DAILY.root),
    ),
    "days": ((), (*WHO, queries.DAILY.root)),
    "scores of the day": (("fields",), (SCORES_OUT,)),
    "years as read": (("years",), ()),
}


def concerned(root: str) -> list[str]:
    """The questions whose answers are made of this one, behind what is read ahead for them."""
    asked = [
        name
        for name, (ahead, roots) in MADE_OF.items()
        if root in roots or any(root in AHEAD[each] for each in ahead)
    ]
    read = [
        each
        for each, roots in AHEAD.items()
        if root in roots or any(each in MADE_OF[name][0] for name in asked)
    ]
    return [*read, *asked]


@pytest.fixture
def present() -> Present:
    return Present()


class Odd(LoopbackNumerai):
    """An API of a few models whose answers have something else in one place."""

    def __init__(self) -> None:
        super().__init__(first_round=1340, last_round=1344)
        owned = [Invented(f"odd_{n}", "oddities", 10.0 + n) for n in range(3)]
        self.models = {model.name: model for model in (*owned, Invented("lone_wren", "lone_wren", 50.0))}
        self.place: tuple[str, tuple[str, ...], Any] = ("", (), None)

    def _answer(self, root: str, *rest: Any) -> str:
        told = super()._answer(root, *rest)
        at, path, odd = self.place
        if root != at:
            return told
        answer = json.loads(told)
        put(answer["data"], (root, *path), odd)
        return json.dumps(answer)


def put(value: Any, path: tuple[str, ...], odd: Any) -> None:
    """Let this path of an answer hold something else, in every entry of a list."""
    if isinstance(value, list):
        for each in value:
            put(each, path, odd)
    elif isinstance(value, dict) and path[0] in value:
        if path[1:]:
            put(value[path[0]], path[1:], odd)
        elif odd is ABSENT:
            del value[path[0]]
        else:
            value[path[0]] = odd


def questions(live: NumeraiSource) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What members and the clock ask of a source."""
    return {
        "fields": live.look_at_schema,
        "board": live.refresh_board,
        "rounds": live.read_rounds,
        "names": live.names,
        "find": lambda: live.find("lone_wren"),
        "pay": lambda: pay_record(live, "oddities"),
        "pay of everyone": lambda: pay_record(live, EVERYONE),
        "compare everyone": lambda: compare_payouts(live, EVERYONE, "1xCORR + 1xMMC", rounds="all"),
        "concentration": lambda: stake_concentration(live, unit="model"),
        "live rule": live.live_rule_differs,
        "price": live.usd_per_nmr,
        "claim": lambda: live.claims("oddities", "odd_1"),
        "models": lambda: live.models_now("oddities"),
        "open rounds": lambda: standing(live, "odd_1"),
        "days": lambda: live.daily_scores("odd_1"),
        "scores of the day": live.scores_of_the_day,
        "years": live.refresh_overview,
        "years as read": live.stake_over_years,
    }


async def told(live: NumeraiSource, names: Iterable[str]) -> dict[str, str]:
    """What comes of each question: the sentence it ends in, or "" for an answer."""
    asked, found = questions(live), {}
    for name in names:
        try:
            await asked[name]()
            found[name] = ""
        except (SourceError, ValueError) as error:
            found[name] = str(error)
    return found


async def clean(database: Database) -> None:
    for table in ("fetched_answers", "whole_rounds", "field_models"):
        await fetch_all(database, f"DELETE FROM {table}")


@pytest.mark.long
@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.says)
async def test_any_field_may_be_anything(question: Query, database: Database, present: Present) -> None:
    async with Odd() as api:
        for path in ((), *(tuple(path.split(".")) for path in question.paths())):
            for kind, odd in ODD.items():
                if odd is ABSENT and not path:
                    continue
                api.place = (question.root, path, odd)
                await clean(database)
                live = source_of("classic", api, database, present)
                try:
                    found = await told(live, concerned(question.root))
                except Exception as error:
                    error.add_note(f"{question.root} {'.'.join(path)} is {kind}")
                    raise
                finally:
                    await live.close()
                for name, said in found.items():
                    where = (question.root, path, kind, name, said)
                    assert NO_PLACE_FOR.search(said) is None, where
                    assert not said or said.rstrip()[-1] in ".?", where


async def test_without_anything_odd_all_is_answered(database: Database, present: Present) -> None:
    async with Odd() as api:
        live = source_of("classic", api, database, present)
        assert set((await told(live, [*AHEAD, *MADE_OF])).values()) == {""}
        await live.close()


@pytest.mark.parametrize("name", MADE_OF)
async def test_what_a_question_is_made_of(name: str, database: Database, present: Present) -> None:
    """It asks for nothing else, and whatever else was read ahead it gets the same answer."""
    ahead, roots = MADE_OF[name]
    answers = []
    async with Odd() as api:
        for read in (ahead, AHEAD, ()):
            await clean(database)
            live = source_of("classic", api, database, present)
            assert set((await told(live, read)).values()) <= {""}
            api.requests.clear()
            if read or not ahead:
                answers.append(repr(await questions(live)[name]()))
            else:
                await told(live, [name])  # it may be refused, or ask for what was not read ahead
            await live.close()
            assert {asked.root for asked in api.requests} <= set(roots), read
    assert len(set(answers)) == 1


async def test_every_question_is_told_what_it_is_made_of(database: Database, present: Present) -> None:
    async with Odd() as api:
        live = source_of("classic", api, database, present)
        assert set(questions(live)) == {*AHEAD, *MADE_OF}
        await live.close()
    assert all(concerned(query.root) for query in ASKED)
