"""`/payout show` with several names: side by side, by forms and menus, as CSV, and shared without them."""

import io
from typing import Any

import pandas as pd

from tests.cogs.answers import pick, typed
from tests.offline import Server, all_told, posted, said, text_of, titles
from tests.tournament.sample import file_rows

MODEL, OTHER, ACCOUNT = "model_07585", "model_02765", "account_03793"


async def show(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout show", **options))


async def test_several_names_are_one_card_with_one_chart(server: Server) -> None:
    reply = await show(server, who=f"{MODEL}, {OTHER.upper()};{ACCOUNT}", rounds="311-321")
    rows = file_rows.shipped().query("311 <= round <= 321 and stake_nmr > 0")
    earned = {
        MODEL: rows.loc[rows["model"] == MODEL, "payout_nmr"].sum(),
        OTHER: rows.loc[rows["model"] == OTHER, "payout_nmr"].sum(),
        ACCOUNT: rows.loc[rows["account"] == ACCOUNT, "payout_nmr"].sum(),
    }
    best = max(earned, key=lambda name: earned[name])
    assert titles(reply)[0].startswith(f"{best} earned most: ")
    assert titles(reply)[0].endswith(" NMR in rounds 311-321")
    text = text_of(reply)
    for letter, name in zip("ABC", earned, strict=True):
        assert f"**{letter}** {name}: " in text
    [chart] = reply.attachments
    assert "Lines of pay adding up over rounds 311-321" in chart.description
    assert "NMR of rounds 311-321" in await all_told(server.ben, reply)


async def test_a_form_and_menus_change_whom_and_when_it_is_about(server: Server) -> None:
    reply = await show(server, who=MODEL)
    await typed(server, reply, "who", "name", f"{MODEL}, {OTHER}")
    assert f"**B** {OTHER}: " in text_of(reply.message)
    await pick(server, reply.message, "rounds", "All rounds")
    told = said(await server.ben.click(reply.message, label="CSV"))
    read = pd.read_csv(io.BytesIO(await told.attachments[0].read()))
    rows = file_rows.shipped().query("model in [@MODEL, @OTHER] and stake_nmr > 0")
    assert f"the same {rows['round'].nunique()} rounds for all" in text_of(reply.message)
    assert set(read["name"]) == {MODEL, OTHER}
    assert len(read) == len(rows)
    assert abs(read["nmr_paid"].sum() - rows["payout_nmr"].sum()) < 1e-6


async def test_names_of_others_are_not_shared(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = await show(server, who=f"{OTHER}, {MODEL}, {ACCOUNT}")
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    cleo = server.guild.add_member(server.env.create_user("cleo"))
    told = await all_told(cleo, shared) + shared.attachments[0].description
    assert MODEL in told
    assert "model 1" in told
    assert "account 3" in told
    assert OTHER not in told
    assert ACCOUNT not in told


async def test_too_many_names_and_unknown_ones_are_a_sentence(server: Server) -> None:
    told = (await show(server, who="a, b, c, d, e")).content
    assert told == "That is 5 models or accounts; 4 at most fit in one answer."
    told = (await show(server, who=f"{MODEL}, model_0758")).content
    assert "There is no model or account called “model_0758” in this data. Did you mean" in told
    told = (await show(server, who="model_00112, model_00112")).content
    assert "model_00112 has no round with a stake" in told


async def test_the_last_of_several_names_is_offered_behind_the_others(server: Server) -> None:
    offered = await server.ben.autocomplete(server.channel, "payout show", "who", f"{MODEL}, model_0276")
    assert f"{MODEL}, {OTHER}" in [choice["value"] for choice in offered]
    assert all(choice["name"].startswith(f"{MODEL}, ") for choice in offered)
    for typed_before in ("x" * 95, "a, b, c"):
        for choice in await server.ben.autocomplete(
            server.channel, "account group", "who", f"{typed_before}, model_0276"
        ):
            assert len(choice["value"]) <= 100
