"""Cards for a member's link and for what the bot keeps about them."""

import discord
from discord.utils import escape_markdown

from answers.account import LinkedAccount
from answers.words import amount
from ui.card import BLUE


def account_card(account: LinkedAccount) -> discord.Embed:
    """What is linked, and the rounds behind it."""
    link = account.link
    card = discord.Embed(title=f"Linked: {escape_markdown(link.name)}", colour=BLUE)
    models = f"{len(account.models)} models" if link.kind == "account" else "one model"
    card.description = (
        f"{models}, scored in rounds {account.first_round}-{account.last_round}, "
        f"with a stake in {account.staked_rounds} of them"
        + (f"; {amount(account.stake, 'NMR')} in the newest." if account.stake else ".")
    )
    card.add_field(
        name="A claim, not a proof",
        value="Nobody has checked that it is yours. Only you see it, unless you share an answer.",
        inline=False,
    )
    card.add_field(name="Next", value="`/payout compare proposed:1xCORR + 3xTC`", inline=False)
    card.set_footer(text=f"{account.source} · data until {account.until} · linked {link.linked_at:%Y-%m-%d}")
    return card
