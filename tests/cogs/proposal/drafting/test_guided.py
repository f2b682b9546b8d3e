"""A proposal made by menus: each tap is kept, shown with what it would do, and nothing typed is lost."""

import json
from typing import Any

import pytest

from bot import create_bot
from storage.proposals.drafts import draft_of
from tests.features.proposals.proposing import (
    FORM,
    REST,
    Clock,
    ask,
    file,
    labels_of,
    rows,
    typing,
    view_of,
    without_limits,
)
from tests.offline import Server, custom_id, parts_of, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def fields_of(server: Server, member: Any) -> dict[str, str]:
    kept = await draft_of(server.database, server.guild.id, member.id)
    assert kept is not None
    return json.loads(kept.content)


async def pick(member: Any, reply: Any, key: str, value: str) -> Any:
    return await member.select(reply.message, [f"={value}"], custom_id=custom_id(reply, f"set-{key}"))


def options_of(reply: Any, key: str) -> list[dict[str, Any]]:
    [menu] = [part for part in parts_of(reply) if f":set-{key}:" in part.get("custom_id", "")]
    return menu["options"]


def picked(reply: Any, key: str) -> str:
    [chosen] = [option["label"] for option in options_of(reply, key) if option.get("default")]
    return chosen


async def test_from_the_first_tap_to_the_filed_card(
    server: Server, ada: Any, now: Clock, settings: Any, source: Any
) -> None:
    shown = await ask(server, ada, "new")
    assert "### What would you change?" in text_of(shown)
    assert await rows(server, "1", "proposal_drafts") == [], "looking writes nothing"
    await pick(ada, shown, "start", "payout")
    assert "It names no payout rule, so there is nothing to price." in text_of(shown)
    assert "Step 1 of 3" in text_of(shown)
    assert picked(shown, "kind") == "Payout"
    assert picked(shown, "rule").startswith("Payout rule: "), "what holds now is filled in"
    await pick(ada, shown, "rule", "1xCORR")
    assert "### Everyone would have been paid 5,363 NMR more in all 122 rounds, but 4,190 less" in text_of(
        shown
    )
    assert "Of 423 accounts 4 clearly gain, 9 clearly lose." in text_of(shown)
    [first] = shown.message.attachments
    assert picked(shown, "rule") == "Payout rule: 1xCORR"

    await ada.click(shown.message, label="Next")
    await pick(ada, shown, "notice", "8 weeks")
    assert "Softened like this, members get −291 NMR: the median of its starts." in text_of(shown)
    [second] = shown.message.attachments
    assert await first.read() != await second.read(), "what softening costs is drawn instead"
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await pick(ada, shown, "phase-in", "20 rounds")
    await pick(ada, shown, "compensation", "none, because the change is small")
    await pick(ada, shown, "fallback", "the old terms")
    [_, _, half_a_year, _, _] = options_of(shown, "review")
    await pick(ada, shown, "review", half_a_year["value"].removeprefix("="))
    assert picked(shown, "notice") == "Notice: 8 weeks"
    kept = await fields_of(server, ada)
    assert kept == {
        "kind": "payout",
        "parameters": "rule: 1xCORR\nnotice: 8 weeks\nphase-in: 20 rounds\n"
        "compensation: none, because the change is small\nfallback: the old terms\nreview: 2031-11-02",
    }

    await ada.click(shown.message, label="Next")
    assert "The title is missing. The problem is missing. The change is missing." in text_of(shown)
    assert "File it" not in labels_of(shown)
    form = await ada.click(shown.message, label="Edit the text")
    assert form.modal["components"][3]["component"]["value"] == kept["parameters"]
    await ada.submit_modal(form, FORM | {"parameters": kept["parameters"]})
    form = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(form, REST)
    assert "Needed before the last call" not in text_of(shown)
    told = said(await ada.click(shown.message, label="File it"))
    assert told.content.startswith("Filed as #1. ")
    filed = (await view_of(server)).proposal.parameters
    assert (filed.rule, filed.notice_weeks, filed.phase_in_rounds) == ("1xCORR", 8, 20)
    for key in ("start", "rule"):
        with pytest.raises(ValueError, match=r"not enough values"):
            custom_id(shown, f"set-{key}")
    assert said(await ada.click(shown.message, label="Back")).content.startswith("That draft was filed")


@pytest.mark.parametrize(
    ("kind", "key", "value", "finding"),
    [
        ("stake_cap", "cap", "1%", "90 accounts hold half of the weight instead of 40"),
        ("weights", "weights", "sqrt", "hold half of the weight instead of 40"),
        ("eligibility", "gate", "0.2", "Whom the gate would hold back can't be told"),
    ],
)
async def test_each_kind_has_its_own_menu(
    server: Server, ada: Any, kind: str, key: str, value: str, finding: str
) -> None:
    shown = await ask(server, ada, "new")
    await pick(ada, shown, "start", kind)
    assert picked(shown, key).endswith((": none", ": by stake"))
    await pick(ada, shown, key, value)
    assert finding in text_of(shown)
    assert (await fields_of(server, ada))["parameters"] == f"{key}: {value}"
    await pick(ada, shown, key, "")
    assert (await fields_of(server, ada))["parameters"] == ""
    await pick(ada, shown, "kind", "communication")
    assert "It changes how things are announced" in text_of(shown)


async def test_what_is_typed_into_a_menu_s_form_is_not_lost(server: Server, ada: Any) -> None:
    shown, form = await typing(server, ada, kind="payout")
    odd = "rule: 1C3T\n🦉 \u05e9 nonsense\nexample: 2 + 2 = 5"
    await ada.submit_modal(form, FORM | {"parameters": odd})
    told = text_of(shown)
    assert "has no name" in told
    assert "xample" in told, "all mistakes are told at once"
    await ada.click(shown.message, label="Back")
    assert "### That can't be read yet" in text_of(shown)
    await pick(ada, shown, "notice", "4 weeks")
    kept = (await fields_of(server, ada))["parameters"]
    assert kept == f"{odd}\nnotice: 4 weeks"
    form = await ada.select(shown.message, ["type"], custom_id=custom_id(shown, "set-notice"))
    assert form.modal["components"][0]["component"]["value"] == "4 weeks"
    refused = said(await ada.submit_modal(form, {"text": "soon " + "🦉" * 40}))
    assert "is no number of weeks" in refused.content
    again = await ada.click(refused.message, label="Back to the form")
    assert again.modal["components"][0]["component"]["value"].startswith("soon 🦉")
    assert (await fields_of(server, ada))["parameters"] == kept
    form = await ada.select(shown.message, ["type"], custom_id=custom_id(shown, "set-notice"))
    await ada.submit_modal(form, {"text": "none, because nobody waits"})
    assert picked(shown, "notice") == "Notice: none, because nobody waits"


async def test_limits_are_said_before_anything_is_typed(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    for options in ({}, {"kind": "weights"}):
        shown = await ask(server, ada, "new", **options)
        assert "It can be prepared, but not filed yet." in text_of(shown)
        assert "your next is possible from 2031-05-05 12:00 UTC" in text_of(shown)
    now.move(hours=24)
    assert "not filed yet" not in text_of(await ask(server, ada, "new"))


async def test_a_menu_of_a_draft_that_is_gone_says_so(server: Server, ada: Any) -> None:
    await without_limits(server)
    first = await ask(server, ada, "new")
    await pick(ada, first, "start", "payout")
    second = await ask(server, ada, "new")
    await ada.click(second.message, label="Next")
    await ada.click(second.message, label="Next")
    said(await ada.click(second.message, label="Discard"))
    gone = said(await pick(ada, first, "rule", "1xCORR"))
    assert gone.content == "That draft was filed or discarded. Start one with /proposal new."
    assert await rows(server, "1", "proposal_drafts") == []
    # a start that was begun elsewhere meanwhile goes on with that
    start = await ask(server, ada, "new")
    other = await ask(server, ada, "new")
    await pick(ada, other, "start", "weights")
    await pick(ada, start, "start", "payout")
    assert (await fields_of(server, ada))["kind"] == "weights"
    assert picked(start, "kind") == "Meta-model weights"


async def test_without_numbers_it_is_prepared_all_the_same(server: Server, ada: Any) -> None:
    shown = await ask(server, ada, "new", kind="payout", tournament="signals")
    assert "There are no numbers of Signals here" in text_of(shown)
    form = await ada.select(shown.message, ["type"], custom_id=custom_id(shown, "set-rule"))
    await ada.submit_modal(form, {"text": "2xFNCV4"})
    assert (await fields_of(server, ada))["parameters"] == "rule: 2xFNCV4"
    await pick(ada, shown, "tournament", "classic")
    assert picked(shown, "tournament") == "Numerai Classic"
