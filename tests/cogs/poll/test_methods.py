"""A poll of every method from its form to a recount by a stranger: every message, and every row behind it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.receipts import find_receipt, read_receipt
from governance.votes.ballots import METHODS
from tests.features.polls.polling import (
    CUT,
    KEEP,
    PAY,
    ask,
    details,
    exported,
    labels,
    look,
    next_mark,
    people,
    poll_of,
    receipt_in,
    start,
    vote,
)
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, text_of

pytestmark = pytest.mark.slow  # a bot for each test
ROOT = Path(__file__).parents[3]


def verified_by_a_stranger(file: Path, head: str, *more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "governance.receipts", "verify", file, "--head", head, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


# method: what seven members say at first, what the second and third say instead, what counts in the end
# (the fourth withdraws, the fifth says the same twice)
WAYS: dict[str, tuple[list[Any], list[Any], str, list[str], Any]] = {
    # in force: 0, 1, 1, -, 1, 2, 0
    "single": (
        [[0], [0], [0], [0], [1], [2], [0]],
        [[1], [1]],
        "Cut TC wins.",
        ["Keep it: 2", "Cut TC: 3", "Pay MMC: 1"],
        CUT,
    ),
    # in force: 01, 1, 12, -, 1, 2, none
    "approval": (
        [[0, 1], [0], [0], [0], [1], [2], []],
        [[1], [1, 2]],
        "Cut TC wins.",
        ["Keep it: 1", "Cut TC: 4", "Pay MMC: 2"],
        [CUT],
    ),
    # first choices 2, 1, 3: Cut TC goes out, and its voter has Keep it next: 3 to 3 without the first round
    "ranked_irv": (
        [[0, 1, 2], [0], [0], [1], [1, 0, 2], [2], [0, 2]],
        [[2, 0, 1], [2, 1]],
        "wins",
        ["Round 1: Pay MMC 3, Keep it 2, Cut TC 1"],
        [CUT, KEEP, PAY],
    ),
    # Keep it over Cut TC 5 to 1, over Pay MMC 4 to 2
    "ranked_schulze": (
        [[0, 1, 2], [2], [2], [1], [1, 0, 2], [2, 0], [0]],
        [[0, 2, 1], [2, 0, 1]],
        "Keep it wins.",
        [],
        [CUT, KEEP, PAY],
    ),
    # 5+0+1+2+0+0 / 0+4+4+1+3+0 / 1+1+1+1+1+1
    "score": (
        [
            "Keep it: 5\nPay MMC: 1",
            "Keep it: 5",
            "Cut TC: 5",
            "Cut TC: 5",
            "keep it: 2\ncut tc: 1\nPay MMC: 1",
            "Cut TC: 3\nPay MMC:1",
            "Pay MMC: 1",
        ],
        ["Cut TC: 4\nPay MMC: 1", "Keep it: 1\nCut TC: 4\nPay MMC: 1"],
        "Cut TC wins.",
        ["Keep it: 8", "Cut TC: 12", "Pay MMC: 6"],
        {KEEP: 2, CUT: 1, PAY: 1},
    ),
    # in force: 0.1 0.2 0.9 - 0.25 0.5 0.5
    "numeric": (
        ["0.1", "0.8", "0.8", "1", "0.25", "0.5", "0.5"],
        ["0.2", "0.9"],
        "0.35, the lower of the two steps nearest midway between 0.25 and 0.5.",
        [],
        "0.25",
    ),
    # three for, one of them strongly; one neutral, two against
    "gradient": (
        ["strong_for", "against", "neutral", "strong_against", "for", "neutral", "against"],
        ["for", "against"],
        ".",
        [
            "Whole-hearted support: 1",
            "Support with reservations: 2",
            "Neither for nor against: 1",
            "Serious disagreement: 2",
            "Block: 0",
        ],
        "for",
    ),
    # 10+0+3+2+0+0 / 0+10+3+3+0+1 / 0+0+4+5+9+0
    "dots": (
        [
            "Keep it: 10",
            "Keep it: 1",
            "Keep it: 1",
            "Pay MMC: 10",
            "Keep it: 2\nCut TC: 3\nPay MMC: 5",
            "Pay MMC: 9",
            "Cut TC: 1",
        ],
        ["Cut TC: 10", "Keep it: 3\nCut TC: 3\nPay MMC: 4"],
        "Pay MMC wins.",
        ["Keep it: 15", "Cut TC: 17", "Pay MMC: 18"],
        {KEEP: 2, CUT: 3, PAY: 5},
    ),
}


@pytest.mark.parametrize("method", WAYS)
async def test_from_a_question_to_a_recount(server: Server, now: Clock, tmp_path: Path, method: str) -> None:
    first, changed, finding, details_, of_the_fifth = WAYS[method]
    voters = people(server, 7)
    card = await start(server, server.ben, method, hours=96.0)
    assert "fewer than 5" in text_of(card)
    assert METHODS[method].wins in text_of(card)
    kept = [
        await vote(server, member, card, method, said_) for member, said_ in zip(voters, first, strict=True)
    ]
    again = [await vote(server, voters[place], card, method, changed[place - 1]) for place in (1, 2)]
    assert (
        await ask(server, voters[3], "my", number=1, take_back=True)
    ).content == "Your ballot is withdrawn."
    assert (
        await ask(server, voters[3], "my", number=1, take_back=True)
    ).content == "You have not voted in it."
    twice = await vote(server, voters[4], card, method, first[4])
    assert receipt_in(twice) == receipt_in(kept[4])
    assert receipt_in(await ask(server, voters[4], "my", number=1)) == receipt_in(kept[4])
    assert len(await rows(server, "member_id", "ballots")) == 6
    assert await rows(server, "writes", "polls") == [(7 + 2 + 1,)]
    assert "fewer than 5" in text_of(card_in(server.channel))
    await next_mark(server, now)
    assert "at least 5" in text_of(card_in(server.channel))

    now.move(hours=95)
    await look(server)
    assert (await poll_of(server)).poll.state == "open"
    now.move(hours=1)
    await look(server)
    view = await poll_of(server)
    assert (view.poll.state, view.poll.extended, view.poll.closed_at) == ("closed", False, now())
    assert len([message for message in server.channel.history() if message.components]) == 1
    public = card_in(server.channel)
    told = await ask(server, voters[0], "results", number=1)
    for shown in (public, told):
        text = text_of(shown).replace("\\", "")
        assert finding in text.split("\n")[1]
        assert METHODS[method].wins in text
        assert "_" not in text.replace(f"({method})", "")
        assert ("5 ballots, 1 abstained" if method == "approval" else "6 ballots") in text
        assert len(shown.attachments) == (method == "numeric")
        assert ("▰" in text) == (method != "numeric")
    pages = await details(voters[0], public)
    behind = "\n".join(text for text, _ in pages).replace("\\", "")
    for detail in details_:
        assert f"• {detail}" in behind
    assert view.head in behind
    assert view.head in text_of(public)
    assert sum(pictures for _, pictures in pages) == (method != "numeric")
    if method == "numeric":  # 0.1 0.2 0.25 0.5 0.5 0.9
        told = "0.35, the lower of the two steps nearest midway between 0.25 and 0.5."
        assert text_of(public).split("\n")[1] == f"### The median is {told}"
    if method == "gradient":
        assert text_of(public).split("\n")[1] == "### Adopted: 3 for it, 2 against."
    assert labels(public) == ["My ballot", "Details"]

    body, content, line = await exported(server, server.ben)
    assert f"python verify.py poll-1.json --head {body['head']}\n" in line
    assert body["head"] == view.head
    file = tmp_path / "poll-1.json"
    file.write_bytes(content)
    checked = verified_by_a_stranger(file, view.head, "--receipt", receipt_in(kept[4]).strip("`\n"))
    assert "holds together: 6 ballots counted." in checked
    assert "each ballot is there once, and a receipt finds it." in checked
    assert "This ballot is in the counted list, unchanged" in checked
    fates = [find_receipt(body, read_receipt(receipt_in(each)))[0] for each in (*kept, *again)]
    assert fates == [True, False, False, False, *[True] * 5]  # two changed theirs, one took it back
    assert of_the_fifth in [row["choice"] for row in body["ballots"]]
    names = [str(member.id) for member in voters]
    assert not [name for name in names if name in content.decode()]
    sheet = await ask(server, server.ben, "export", number=1, form="CSV")
    table = (await sheet.attachments[0].read()).decode().splitlines()
    assert table[0] == "choice"
    assert len(table) == 7
