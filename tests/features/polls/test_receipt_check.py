"""Check my receipt, under My ballot of a closed poll; and what `/poll export` gives, run by a stranger."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import create_bot
from governance.receipts import read_receipt, receipt_text
from governance.verifier import FILE
from storage.server.settings import forget_guild
from tests.features.polls.polling import ask, close, details, labels, people, receipt_in, start, vote
from tests.features.proposals.proposing import Clock, card_in
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
CHECK = "Check my receipt"


@pytest.fixture
def now() -> Clock:
    return Clock()


def receipt_of(reply: Any) -> str:
    return receipt_in(reply).strip("`\n ")


async def check(member: Any, card: Any, text: str | None = None) -> Any:
    """What a member is told of a receipt; without one, of that which stands in the form."""
    mine = said(await member.click(card, label="My ballot"))
    shown = await member.click(mine.message, label=CHECK)
    assert shown.modal is not None, said(shown).content
    return said(await member.submit_modal(shown, {"text": filled(shown) if text is None else text}))


def filled(shown: Any) -> str:
    return shown.modal["components"][0]["component"].get("value") or ""


def forged(text: str) -> str:
    """A receipt that reads well and was never given: with another commitment."""
    return receipt_text(replace(read_receipt(text), commitment="0" * 64))


async def test_every_kind_of_receipt_gets_its_own_true_sentence(server: Server, now: Clock) -> None:
    other_card = await start(server, server.ben, hours=96.0)
    other = receipt_of(await vote(server, server.ben, other_card, "single", [1]))
    card = await start(server, server.ben, hours=96.0)
    assert CHECK not in labels(said(await server.ben.click(card, label="My ballot")))
    kept, changed, gone = people(server, 3)
    await vote(server, server.ben, card, "single", [0])
    mine = receipt_of(await vote(server, kept, card, "single", [1]))
    before = receipt_of(await vote(server, changed, card, "single", [0]))
    after = receipt_of(await vote(server, changed, card, "single", [1]))
    withdrawn = receipt_of(await vote(server, gone, card, "single", [0]))
    await ask(server, gone, "my", number=2, take_back=True)
    await close(server, now, 2)
    public = card_in(server.channel)
    assert labels(said(await server.ben.click(public, label="My ballot"))) == [CHECK]

    stored = await check(kept, public)  # the bot's own copy stands in the form
    assert 'This ballot is in the counted list, unchanged: "Cut TC".' in text_of(stored)
    assert "without trusting me" in text_of(stored)
    told = {
        mine: "This ballot is in the counted list, unchanged",
        f"```\n{mine[:70]}\n{mine[70:]}\n```": "This ballot is in the counted list, unchanged",
        after: "This ballot is in the counted list, unchanged",
        before: "This ballot is not among those in force at the close. If you changed it or took it back",
        withdrawn: "This ballot is not among those in force at the close.",
        other: "This receipt is from another poll.",
        forged(mine): "This ballot is not among those in force at the close.",
    }
    for text, sentence in told.items():
        reply = await check(server.moderator, public, text)  # whoever holds it; nobody needs to be the voter
        assert sentence in text_of(reply), text
    for text, sentence in {
        mine[:-1] + ("0" if mine[-1] != "0" else "1"): "A character of this receipt is wrong",
        "🦆 שלום": "This is no receipt",
        "x" * 4000: "This is no receipt",
    }.items():
        refused = await check(server.ben, public, text)
        assert sentence in refused.content
        back = await server.ben.click(refused.message, label="Back to the form")
        assert filled(back) == text


async def test_it_works_after_a_restart_and_says_when_the_poll_is_gone(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    card = await start(server, server.ben, hours=96.0)
    voter, second = people(server, 2)
    for member in (voter, second):
        await vote(server, member, card, "single", [0])
    await close(server, now)
    public = card_in(server.channel)
    mine = said(await voter.click(public, label="My ballot"))
    shown = await voter.click(mine.message, label=CHECK)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    told = said(await voter.submit_modal(shown, {"text": filled(shown)}))  # the form that was open
    assert "in the counted list, unchanged" in text_of(told)
    assert "in the counted list, unchanged" in text_of(await check(second, public))
    await forget_guild(server.database, server.guild.id)
    gone = said(await voter.click(mine.message, label=CHECK))
    assert gone.content == "That poll is not on this server any more."


async def test_too_few_ballots_leave_commitments_and_receipts(
    server: Server, now: Clock, tmp_path: Path
) -> None:
    card = await start(server, server.ben, hours=96.0, least=5)
    voter, second = people(server, 2)
    for member in (voter, second):
        mine = receipt_of(await vote(server, member, card, "single", [0]))
    await close(server, now)
    told = text_of(await check(second, card_in(server.channel)))
    assert "This ballot is in the list, unchanged. So few took part that no choice is published" in told
    code, report = await by_a_stranger(server, tmp_path, "--receipt", mine)
    assert code == 0, report
    assert "Too few ballots were cast (2), so the choices are withheld" in report
    assert "Keep it" not in (tmp_path / "poll-1.json").read_text().split('"options"')[1].split("]", 1)[1]


async def test_what_the_export_gives_is_checked_by_a_stranger(
    server: Server, now: Clock, tmp_path: Path
) -> None:
    card = await start(server, server.ben, "score", hours=96.0)
    voter, second = people(server, 2)
    for member in (voter, second):
        mine = receipt_of(await vote(server, member, card, "score", "Keep it: 3\nCut TC: 5\nPay MMC: 0"))
    await close(server, now)
    public = card_in(server.channel)
    pages = "\n".join(text for text, _ in await details(voter, public))
    head = text_of(public).split("Head of the list: ")[1].split()[0].strip("`")
    assert head in pages
    code, report = await by_a_stranger(server, tmp_path, "--head", head, "--receipt", mine)
    assert code == 0, report
    assert "Checked: the head is the one you gave." in report
    assert "in the counted list, unchanged" in report
    sheet = await ask(server, second, "export", number=1, form="CSV")
    names = [each.filename for each in sheet.attachments]
    assert names == ["poll-1.csv", "poll-1.json", "verify.py"]


async def by_a_stranger(server: Server, folder: Path, *more: str) -> tuple[int, str]:
    """Both files of an export in a folder of their own, and what verify.py says there."""
    given = await ask(server, server.ben, "export", number=1)
    assert [each.filename for each in given.attachments] == ["poll-1.json", "verify.py"]
    for each in given.attachments:
        (folder / each.filename).write_bytes(await each.read())
    assert (folder / "verify.py").read_bytes() == FILE.read_bytes()
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-S", "verify.py", "poll-1.json", *more],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr
