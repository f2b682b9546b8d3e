"""Cards of nothing, of one and of two: none says "1 rounds", whatever it counts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import numpy as np
import pytest

from features.account.account_card import account_card
from features.account.link import LinkedAccount
from features.digest.digest_card import digest_cards
from features.digest.summary import Told
from features.earnings.earnings import pay_record
from features.earnings.earnings_card import record_answer
from features.opinions.map import Camp, Line, OpinionPicture
from features.opinions.opinion_card import list_card as statements_card
from features.opinions.opinion_card import opinion_answer
from features.opinions.statements import StatementPage
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_answer
from features.polls.opening import new_poll
from features.polls.poll_card import no_ballot_card, poll_answer, polls_card
from features.polls.results.counting import count
from features.polls.results.result_card import result_answer
from features.polls.results.result_chart import picture_of_result
from features.promises.ledger import Ledger
from features.promises.promise_card import ledger_answer
from features.proposals.proposal_card import list_card, proposal_card
from features.proposals.view import proposal_view
from features.stakes.changes import Moves, StakeChanges
from features.stakes.concentration import stake_concentration
from features.stakes.concentration_card import concentration_answer
from features.stakes.leaving.unstaking import unstake_scenario
from features.stakes.leaving.unstaking_card import unstaking_answer
from features.stakes.moments import Moments
from governance.digest.promise import Promise
from governance.digest.summary import (
    Closing,
    Measure,
    Period,
    Summary,
    SummaryArgument,
    SummaryDraft,
    SummaryQuestion,
    SummaryResult,
)
from governance.digest.text import as_markdown
from governance.votes.rule import Rule
from governance.votes.secrecy import ballots_so_far
from storage.database import Database
from storage.members.links import AccountLink
from storage.opinions import Statement
from storage.polls.polls import Eligibility
from storage.server.settings import change_settings
from tests.features.digest.weeks import text
from tests.features.proposals.proposals import ADA, HERE, NOW, filed
from tests.features.stakes.made_up import MadeUp, calendar, stakes_of
from tests.ui.cards import check_answer
from tests.wording.plurals import ones_before_plurals
from tournament.sample import SampleSource
from ui.card import Card

COUNTS = pytest.mark.parametrize("n", [0, 1, 2])
METHODS: dict[str, Any] = {
    "single": "a", "approval": ["a"], "ranked_irv": ["a", "b"], "ranked_schulze": ["a", "b"],
    "score": {"a": 5}, "numeric": "1", "gradient": "for", "dots": {"a": 10},
}  # fmt: skip


def check(*told: discord.Embed | Card | str) -> None:
    """No card and no text has a 1 before a plural."""
    for each in told:
        if isinstance(each, Card):
            each = each.said
        words = each if isinstance(each, str) else json.dumps(each.to_dict(), ensure_ascii=False)
        assert ones_before_plurals(words.replace("*", "").replace("\\n", " | ")) == [], words


@pytest.mark.slow
@COUNTS
@pytest.mark.parametrize("method", METHODS)
async def test_polls(db: Database, source: SampleSource, method: str, n: int) -> None:
    options: list[Any] = [] if method in ("gradient", "numeric") else ["a", "b"]
    view = await new_poll(
        db, source, HERE, ADA, {"title": "Q", "options": "\n".join(options)}, method=method,
        lasts=timedelta(days=1), eligibility=Eligibility(server_days=n, account_days=n), quorum=n,
        members=[], now=NOW,
    )  # fmt: skip
    answer = poll_answer(replace(view, poll=replace(view.poll, told=n)))
    check(answer.card, *answer.details, view.who_may, polls_card([], 1, 1, n), no_ballot_card(view))
    cast: Sequence[tuple[int, Any]] = [(member, METHODS[method]) for member in range(n)]
    for quorum in (n, n + 1):
        result = count(
            method, options, [*cast, (9, None)][: n + 1], {}, quorum=quorum, electorate=n, seed="5eed" * 16,
            budget=10, rule=Rule(least_ballots=1),
        )  # fmt: skip
        answer = result_answer(view, result)
        check(answer.card, *answer.details, picture_of_result(result, "Q").alt)


@COUNTS
def test_summaries(n: int) -> None:
    day, days = date(2031, 5, 4), timedelta(days=n)
    summary = Summary(
        Period(("2031-W18",), NOW - timedelta(days=7), NOW),
        NOW,
        closing=(Closing(3, "Q", "", NOW, ballots_so_far(n, n)),) * n,
        drafts=(SummaryDraft(3, "D", "", "change"), SummaryDraft(3, "D", "", "change", revised=True)) * n,
        results=(SummaryResult(3, "R", "", n, "a wins.", ()),) * n,
        promises=(Promise("P", "the team", "", day - days, day - days),) * n,
        questions=(SummaryQuestion("Why?", "", day - days),) * n,
        measures=(Measure("accounts", n, n, "", n, n),) * n,
        moves=StakeChanges((1, 2), *[Moves(n, 1.0)] * 4, 1.0, 1.0, (1.0,) * n, (1.0,) * n).sentences,
        argument=SummaryArgument(3, "Since", "", n),
    )
    check(as_markdown(summary), *digest_cards(Told(summary, ())))


@COUNTS
async def test_proposals(db: Database, n: int) -> None:
    await change_settings(db, HERE, NOW, seconds_least=n)
    await filed(db, text=text())
    check(proposal_card(await proposal_view(db, HERE, 1, NOW)), list_card([], 1, 1, n))


@COUNTS
def test_promises_and_opinions(n: int) -> None:
    check(check_answer(ledger_answer(Ledger("open", (), 1, 1, n, n, n, date(2031, 5, 4)))))
    said = Statement(1, 3, "Tea", datetime(2031, 5, 4, tzinfo=UTC), None, n)
    check(statements_card(StatementPage((said,), {}, 1, 1, n)))
    camps = (Camp("A", n, (Line(3, "Tea", "all agree"),)),) * n
    picture = OpinionPicture(
        "Found",
        "reason",
        "",
        (),
        n,
        n,
        n,
        n,
        camps,
        (),
        (),
        np.ones((0, 2)),
        np.zeros(0, dtype=np.intp),
        "",
        False,
        NOW,
    )
    check(check_answer(opinion_answer(picture)))


@COUNTS
def test_accounts(n: int) -> None:
    link = AccountLink(ADA, "heron", "account", "classic", NOW)
    models = tuple(f"heron_{at}" for at in range(n))
    check(account_card(LinkedAccount(link, models, 300, 301, n, 1.0, "Made up", date(2031, 5, 4))))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("unit", ["model", "account"])
async def test_stakes(n: int, unit: str) -> None:
    source = MadeUp(stakes_of([50.0] * n), known_rounds=calendar(n))
    asked = {"top": None, "above": None, "who": None, "unit": unit, "zeros": False, "day": None}
    found = await stake_concentration(source, unit=unit)
    check(check_answer(concentration_answer(found, asked, Moments((found.holders.day,), ()))))
    for leaving in range(1, n + 1):
        scenario = await unstake_scenario(source, source, top=leaving, unit=unit)
        check(check_answer(unstaking_answer(scenario, asked | {"top": leaving})))


@pytest.mark.parametrize("rounds", ["1", "2", "round 310"])
async def test_pay(source: SampleSource, rounds: str) -> None:
    name = "model_07585"
    found = await compare_payouts(source, name, "1xCORR + 3xTC", current="1xCORR", rounds=rounds)
    asked = {"proposed": "1C3T", "current": None, "rounds": None, "stake": None, "name": name}
    check(check_answer(comparison_answer(found, asked | {"basis": "stake of the time"})))
    check(check_answer(record_answer(await pay_record(source, name, rounds=rounds), asked)))
