"""What the clock does about warnings: looks after members, and writes to those for whom there is news."""

from datetime import datetime

import discord

from features.warnings.warnings import LOOKED_EVERY, WRITTEN_EVERY, log, news_for
from features.warnings.warnings_buttons import WarningsOff
from features.warnings.warnings_card import warning_card
from storage.members.warnings import WantedWarnings, looked_after
from tools import Tools
from ui.card import message_of, row_of
from ui.posting import nonce_of, passes


async def look_after(tools: Tools, client: discord.Client, wanted: WantedWarnings, now: datetime) -> None:
    """Write to a member if there is news, at most once a day.

    What was found is kept after it was sent: who is killed in between sends it again under its old name, of
    which Discord takes one. Who can't be written to is looked after again a day later, and told then.
    """
    news = await news_for(tools.database, tools.source, wanted, now)
    if not news.sentences:
        await looked_after(tools.database, wanted, news.told, now + LOOKED_EVERY)
        return
    shown = await message_of(
        tools.drawing, [warning_card(news.sentences)], [row_of(WarningsOff(wanted.member_id))]
    )
    try:
        user = client.get_user(wanted.member_id) or await client.fetch_user(wanted.member_id)
        await user.send(view=shown.view, nonce=nonce_of("warnings", wanted.member_id, wanted.due_at))
    except (discord.HTTPException, discord.RateLimited, OSError) as error:
        if passes(error):
            raise
        log.info("a warning could not be delivered")
        await looked_after(tools.database, wanted, wanted.told, now + WRITTEN_EVERY)
        return
    await looked_after(tools.database, wanted, news.told, now + WRITTEN_EVERY)
