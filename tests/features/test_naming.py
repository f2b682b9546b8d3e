"""What members write about rules and ideas names nobody, whichever command takes it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from features.opinions.statements import add_statement
from features.promises.ledger import add_promise
from features.proposals.steps import argue
from governance.text import clean_line, names_somebody
from storage.database import Database, fetch_all, open_database
from tests.features.proposals.proposals import BERT, HERE, NOW, filed

ROOT = Path(__file__).parents[2]
NAMING = (
    "@ada is wrong",
    "＠ada is wrong",
    "﹫ben is wrong",
    "so says (@ada)",
    "so says x@ada",
    "so says _@_ada",
    "ask ada@example.org",
    "@\u200bada is wrong",
    "@\u2060ada is wrong",
    "@\u200cada is wrong",
    "@\u0303ada is wrong",
    "<@123> is wrong",
    "<@!123> is wrong",
    "<@&123> is wrong",
    "<\u200b@123> is wrong",
    "<#123> is too loud",
    "<\u200b#123> is too loud",
    "＜#123＞ is too loud",
    "＜＃１２３＞ is too loud",
    "@everyone is wrong",
    "@here is wrong",
    "discord.com/users/900719925474099301 is wrong",
    "DISCORDAPP.com/users/900719925474099301 is wrong",
)
NAMELESS = ("The cap is too low", "0.5 @ 50 NMR", "The #1 model", "a < b and c > d")


async def _argue(db: Database, text: str) -> object:
    return await argue(db, HERE, 1, BERT, "for", text, NOW)


async def _state(db: Database, text: str) -> object:
    return await add_statement(db, HERE, BERT, text, NOW)


async def _promise(db: Database, text: str) -> object:
    where = {"link": "https://forum.example/t/1", "said_on": "2031-03-01"}
    return await add_promise(db, HERE, BERT, NOW, kind="promise", what=text, who="the team", **where)


async def _promise_of(db: Database, text: str) -> object:
    where = {"link": "https://forum.example/t/1", "said_on": "2031-03-01"}
    asked = f"When is {sum(map(ord, text))}?"  # another one for each
    return await add_promise(db, HERE, BERT, NOW, kind="question", what=asked, who=text, **where)


PLACES: tuple[tuple[str, Callable[[Database, str], Awaitable[object]]], ...] = (
    ("proposal_arguments", _argue),
    ("opinion_statements", _state),
    ("promises", _promise),
    ("promises", _promise_of),
)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(tmp_path / "bot.sqlite3")
    text = (ROOT / "data" / "examples" / "3-hard-cap.json").read_text(encoding="utf-8")
    await filed(database, text=text)
    yield database
    await database.close()


@pytest.mark.parametrize(("table", "put"), PLACES, ids=lambda each: getattr(each, "__name__", each))
async def test_no_place_takes_a_name_and_each_takes_what_names_nobody(
    db: Database, table: str, put: Callable[[Database, str], Awaitable[object]]
) -> None:
    async def kept() -> int:
        [[count]] = await fetch_all(db, f"SELECT count(*) FROM {table}")
        return count

    for text in NAMING:
        with pytest.raises(ValueError, match=r"nam(e|es|ing) |links"):
            await put(db, text)
    assert await kept() == 0
    for text in NAMELESS:
        await put(db, text)
    assert await kept() == len(NAMELESS)


@pytest.mark.parametrize("text", NAMING)
def test_a_name_is_seen(text: str) -> None:
    assert names_somebody(clean_line(text))


@pytest.mark.parametrize("text", NAMELESS)
def test_what_is_no_name_is_let_through(text: str) -> None:
    assert not names_somebody(clean_line(text))


def test_no_other_file_has_a_pattern_of_its_own() -> None:
    for room in ("cogs", "features", "governance", "storage", "ui"):
        for path in (ROOT / room).rglob("*.py"):
            if path.name not in ("text.py", "verify.py"):  # verify.py holds that file, letter by letter
                text = path.read_text(encoding="utf-8")
                assert not set("＠﹫") & set(text), path
                assert '"<@|' not in text, path
