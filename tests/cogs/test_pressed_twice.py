"""What two presses at once, and forms opened from a sentence that asked back, come to."""

import logging

import pytest

from tests.fuzz.doing import play
from tests.fuzz.stage import COMPONENT, FORM, staged
from tests.fuzz.steps import Played, Step, replies_of, usable
from tests.offline import Server, custom_id, posted, said, text_of
from tournament.sample import SampleSource

pytestmark = pytest.mark.slow


async def test_both_buttons_of_a_question_at_once(source: SampleSource) -> None:
    async with staged(source) as stage:
        asked = await stage.people["ben"].slash(stage.rooms["talk"], "privacy delete")
        message = stage.message(said(asked).id)
        assert message is not None
        no = {"custom_id": usable(message)[1]["custom_id"], "component_type": 2}
        first, second = await stage.send("ben", COMPONENT, no, message, times=2)
        assert text_of(said(second)) == "You have answered this already."
        assert first.acknowledged
        kept = stage.message(message.id)
        assert kept is not None
        assert kept.content == "Nothing was deleted."
        assert len(replies_of(second)) == 1


async def test_a_shared_answer_is_deleted_twice_at_once(source: SampleSource) -> None:
    async with staged(source) as stage:
        ben, room = stage.people["ben"], stage.rooms["talk"]
        reply = said(await ben.slash(room, "stakes concentration"))
        await ben.click(reply.message, custom_id=custom_id(reply, "share"))
        [shared] = posted(room)
        message = stage.message(shared.id)
        assert message is not None
        delete = {"custom_id": custom_id(shared, "takeback"), "component_type": 2}
        first, second = await stage.send("ben", COMPONENT, delete, message, times=2)
        assert stage.message(shared.id) is None
        assert stage.heard.said == []
        assert first.acknowledged
        assert second.acknowledged


async def test_a_draft_shows_in_place_of_a_sentence(source: SampleSource) -> None:
    async with staged(source) as stage:
        played = Played(stage)
        await play(played, Step(0, "type", "ben", "proposal new", {"kind": "payout"}))
        message = stage.message(played.messages[0][-1])
        assert message is not None
        message.components, message.content = [], "A sentence that asked back."
        form = {"custom_id": "draft:edit:0:" + "0" * 16, "components": []}
        await stage.send("ben", FORM, form, message)
        assert stage.heard.said == []
        assert message.content == ""
        assert message.components


async def test_limits_typed_again_show_the_panel_in_place_of_the_sentence(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    panel = said(await server.moderator.slash(server.channel, "setup show"))
    form = await server.moderator.click(panel.message, custom_id=custom_id(panel, "limits"))
    fields = {part["component"]["custom_id"]: "x" for part in form.modal["components"] if "component" in part}
    refused = said(await server.moderator.submit_modal(form, fields))
    back = await server.moderator.click(refused.message, label="Back to the form")
    with caplog.at_level(logging.ERROR):
        again = await server.moderator.submit_modal(back, dict.fromkeys(fields, "5"))
    assert not caplog.records
    assert again.response is not None
    assert again.response.content == ""
    assert custom_id(again.response, "limits")
