"""`/payout show`, `/payout what-if`, the bases of a comparison, and members who have no link yet."""

import re
from typing import Any

import pytest

from storage.members.links import link_of
from tests.offline import Server, all_told, posted, said, text_of, titles
from tests.tournament.sample import file_rows

MODEL = "model_07585"


async def show(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout show", **options))


async def test_show_adds_up_the_payout_column_and_lists_the_newest_rounds(server: Server) -> None:
    rows = file_rows.shipped().query("model == @MODEL and 311 <= round <= 325")
    reply = await show(server, who=MODEL, rounds="311-325")
    final = rows.loc[rows["final"], "payout_nmr"].sum()
    interim = rows.loc[~rows["final"], "payout_nmr"].sum()
    assert titles(reply) == [f"model_07585: +{final:.0f} NMR in 11 rounds, +{interim:.0f} pending in 4"]
    text = await all_told(server.ben, reply)
    assert f"Earned {final:.1f} NMR, pending +{interim:.1f} NMR so far." in text
    last = rows.sort_values("round").iloc[-1]
    line = next(line for line in text.splitlines() if line.strip().startswith("325"))
    score = [f"{last[name]:+.4f}".replace("0.", ".") for name in ("corr", "tc")]
    assert line.split() == ["325*", f"{last['payout_nmr']:.1f}", *score]
    assert "USD at the price of 2022-07-23" in text_of(reply)
    [chart] = reply.attachments
    assert "A bar of pay for each of rounds 311-325" in chart.description


async def test_show_works_for_accounts_everyone_and_in_direct_messages(server: Server) -> None:
    assert "models)" in text_of(await show(server, who="account_06446", rounds="all"))
    assert "everyone" in text_of(await show(server, who="everyone"))
    dora = server.env.create_user("dora")
    assert " NMR in 20 rounds" in text_of(said(await dora.slash("payout show", who=MODEL)))


CANNOT_SHOW = [
    ({"who": "model_0758"}, "Did you mean model_07585"),
    ({"who": MODEL, "rounds": "168-170"}, "had no stake in rounds 168-170"),
    ({"who": MODEL, "rounds": "400-300"}, "run backwards"),
    ({"who": MODEL, "rounds": "round 9000"}, "There is nothing in round 9000"),
    ({"who": "model_00112"}, "has no round with a stake"),
    ({}, "Type /account link"),
    (
        {"who": MODEL, "tournament": "signals"},
        "There are no numbers of Signals here: this bot has Classic.",
    ),
]


async def test_show_explains_what_it_cannot_show(server: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in CANNOT_SHOW:
        with subtests.test(sentence):
            assert sentence in (await show(server, **options)).content


async def what_if(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout what-if", **options))


@pytest.mark.parametrize(
    ("scores", "stake", "rule", "factor", "paid"),
    [
        # rows that were really paid
        ("corr .074352", 3711.952874, "1xCORR", 0.427248, 117.9167),
        ("corr 0.016472, tc -0.055199", 267.725528, "1C2T", 0.428648, -10.778805),
        # a weighted score of .2567 at factor 1 is clipped at .25
        ("corr 25.67%", 0.106289, "1xCORR", 1.0, 0.026572),
    ],
)
async def test_what_if_pays_what_was_really_paid(
    server: Server, scores: str, stake: float, rule: str, factor: float, paid: float
) -> None:
    reply = await what_if(server, scores=scores, stake=stake, rule=rule, factor=factor)
    shown = re.search(r"would (earn|burn) ([0-9.,]+) NMR", titles(reply)[0])
    assert shown, titles(reply)
    amount = float(shown[2].replace(",", "")) * (1 if shown[1] == "earn" else -1)
    assert amount == pytest.approx(paid, rel=2e-3)
    assert ("clipped to" in text_of(reply)) == (scores == "corr 25.67%")


async def test_what_if_uses_the_newest_rule_and_factor_when_nothing_is_said(server: Server) -> None:
    text = text_of(await what_if(server, scores="corr 0.02 and tc 0.01", stake=100))
    assert "1xCORR + 3xTC would earn" in text
    assert "that of the newest round" in text


CANNOT_PRICE = [
    ({"scores": "corr"}, "“corr” has no number. Write them like"),
    ({"scores": "banana 0.1"}, "“banana” is not a score I know"),
    ({"scores": "corr 0.1 corr 0.2"}, "CORR is given twice"),
    ({"scores": "corr 5"}, "“5” would be 500 %: did you mean 5%?"),
    ({"scores": "corr nan"}, "“corr” has no number"),
    ({"scores": "   "}, "There are no scores in that"),
    ({"scores": "x" * 5000}, "Those scores have 5,000 characters"),
    ({"rule": "1C3T"}, "pays by TC too"),
    ({"stake": -1.0}, "A stake is a number of NMR above 0"),
    ({"factor": 0.0}, "A payout factor is a number above 0 and at most 1"),
    ({"factor": 1.5}, "A payout factor is a number above 0 and at most 1"),
    ({"rule": "1xCORR clip 0"}, "clip must be above 0"),
    ({"tournament": "crypto"}, "There are no numbers of Crypto here"),
]


async def test_what_if_gets_one_clear_sentence_for_bad_input(
    server: Server, subtests: pytest.Subtests
) -> None:
    for options, sentence in CANNOT_PRICE:
        with subtests.test(sentence):
            usual = {"scores": "corr 0.02", "stake": 10.0, "rule": "1xCORR"}
            reply = await what_if(server, **(usual | options))
            assert sentence in reply.content
            assert len(reply.content) < 700


@pytest.mark.parametrize(
    ("basis", "assumed"),
    [
        ("fixed", "it stays what it was at the start"),
        ("compounding", "it grows by what each rule pays, once the round has resolved"),
        ("per-round", "each round risks 1/5 of it, because about 5 rounds run at once"),
    ],
)
async def test_a_comparison_says_its_basis(server: Server, basis: str, assumed: str) -> None:
    reply = said(
        await server.ben.slash(
            server.channel,
            "payout compare",
            proposed="1C3T",
            current="2C1T",
            who=MODEL,
            rounds="all",
            basis=basis,
        )
    )
    assert assumed in await all_told(server.ben, reply)


async def test_the_last_rounds_are_read_beside_all_and_level_and_mix_are_not_told_of_a_sum_near_0(
    server: Server,
) -> None:
    options = {"proposed": "1C3T", "current": "2C1T", "who": "everyone"}
    reply = said(await server.ben.slash(server.channel, "payout compare", **options))
    assert titles(reply)[0].endswith("; 66,278 less over all 122")
    text = await all_told(server.ben, reply)
    assert "and 66,278 NMR less over all 122." in text
    assert "All 122, rounds 200-321: −66,278 NMR (95 %: −112,482 to −20,073 NMR)" in text
    assert "pays everyone" not in text


async def test_tc_of_another_unit_is_counted_on_request_with_a_warning(server: Server) -> None:
    options = {"proposed": "1C3T", "current": "2C1T", "who": "everyone", "rounds": "all"}
    for old_tc, words in (
        (False, "with a score in another unit (the option old"),
        (True, "TC up to round 198"),
    ):
        reply = said(await server.ben.slash(server.channel, "payout compare", **options, old_tc=old_tc))
        assert words in await all_told(server.ben, reply)
    clicked = await server.ben.click(reply.message, label="Share")  # and asked again as it was asked
    assert clicked.response.content == "Shared below."
    [shared] = posted(server.channel)
    assert "TC up to round 198" in await all_told(server.ben, shared)


async def test_the_sample_has_no_live_rule(server: Server) -> None:
    reply = said(
        await server.ben.slash(server.channel, "payout compare", proposed="1C3T", who=MODEL, current="live")
    )
    assert "announces no live rule" in reply.content


async def test_who_has_no_link_may_try_a_model_of_the_sample(server: Server) -> None:
    asked = said(await server.ben.slash(server.channel, "payout compare", proposed="1C3T"))
    answered = await server.ben.click(asked.message, label="Try a model of the sample")
    assert "1xCORR + 3xTC would have paid" in text_of(said(answered))
    assert await link_of(server.database, server.ben.id) is None


async def test_who_has_no_link_may_link_at_once_and_gets_the_answer(server: Server) -> None:
    asked = said(await server.ben.slash(server.channel, "payout compare", proposed="1C3T", rounds="311-325"))
    form = await server.ben.click(asked.message, label="Link my model")
    answered = await server.ben.submit_modal(form, {"text": MODEL})
    assert "rounds 311-325" in await all_told(server.ben, said(answered))
    link = await link_of(server.database, server.ben.id)
    assert link is not None
    assert link.name == MODEL


async def test_the_form_links_in_the_tournament_that_was_asked_about(server: Server) -> None:
    options = {"proposed": "1xALPHA", "tournament": "signals"}
    asked = said(await server.ben.slash(server.channel, "payout compare", **options))
    form = await server.ben.click(asked.message, label="Link my model")
    answered = await server.ben.submit_modal(form, {"text": MODEL})
    assert "There are no numbers of Signals here" in said(answered).content
    assert await link_of(server.database, server.ben.id) is None


async def test_a_mistyped_name_in_the_form_links_nothing(server: Server) -> None:
    asked = said(await server.ben.slash(server.channel, "payout compare", proposed="1C3T"))
    form = await server.ben.click(asked.message, label="Link my model")
    answered = await server.ben.submit_modal(form, {"text": "model_0758"})
    assert "Did you mean" in said(answered).content
    assert await link_of(server.database, server.ben.id) is None


async def test_members_may_take_the_bot_along_but_not_the_settings_of_a_server(server: Server) -> None:
    payloads = {c.name: c.to_dict(server.bot.tree) for c in server.bot.tree.get_commands()}
    for name in ("payout", "stakes", "account", "privacy", "help"):
        assert sorted(payloads[name]["contexts"]) == [0, 1, 2], name
        assert sorted(payloads[name]["integration_types"]) == [0, 1], name
    assert payloads["setup"]["contexts"] == [0]
    assert payloads["setup"]["integration_types"] == [0]
