"""`/account`: which model or account is yours, and the proof of it."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.account.account_card import account_card, code_card, linked_at_numerai_card, verified_card
from features.account.dialogs import LINK_FORMS, WhoButton
from features.account.group_card import group_card, groups_card
from features.account.groups import find_group, forget_group, groups_kept, save_group, suggest_groups
from features.account.link import link_account, linked_account
from features.account.verify import finish_verification, start_verification
from features.server.help_buttons import start_row
from storage.members.links import link_of, remove_link
from storage.members.verifications import AccountVerification, drop_verification, verification_of
from tools import Client, Tools, choices_of, complete_name, complete_names, offering, show_cards, tools_of
from tournament.source import Tournament
from ui.card import row_of
from ui.errors import errors_answered
from ui.text import plain
from wording.tongue import say


class AccountCommands(
    commands.GroupCog, group_name="account", group_description="Which model or account is yours"
):
    """Which model or account is yours, so that answers are about you."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        name="Your model or account: start typing and pick one", tournament="Classic without it"
    )
    async def link(
        self,
        interaction: discord.Interaction,
        name: str,
        tournament: Tournament = "classic",
    ) -> None:
        """Say which model or account is yours, so that you need not name it again

        It is a claim that nobody has checked, and only you see it. A new link replaces the old one.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        source = self.tools.source(tournament)
        account = await link_account(self.tools.database, source, interaction.user.id, name, self.tools.now())
        verification = await verification_of(self.tools.database, interaction.user.id)
        await show_cards(interaction, [account_card(account, verification)], [start_row("pay", "rule")])

    @app_commands.command()
    @app_commands.describe(
        model="A model of yours, on whose page you can change the bio",
        account="The account it belongs to; Numerai says so without it",
        tournament="Classic without it",
    )
    async def verify(
        self,
        interaction: discord.Interaction,
        model: str,
        account: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Prove that a Numerai account is yours: no key, no wallet

        Where you have linked your Discord account at numer.ai, and Numerai tells it, that is the proof:
        there is nothing more to do. If not, you get a code that is good for 15 minutes, put it into the bio
        of one of your models on numer.ai, and press a button. The bot reads the bio, which everybody can
        see, and the account that has the model becomes yours here: one account for each member. Then you
        clear the bio. Every 90 days the bot looks whether the account is still there. Only you see any of
        it.

        The bot never asks for an API key, a password or a wallet. Whoever does is not this bot.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        started = await start_verification(
            self.tools.database,
            self.tools.source(tournament),
            interaction.user.id,
            account,
            model,
            self.tools.now(),
        )
        if isinstance(started, AccountVerification):
            await show_cards(interaction, [linked_at_numerai_card(started, self.tools.now())])
            return
        # the code alone is the text of its message: that is what a phone copies
        await interaction.followup.send(started.code, ephemeral=True)
        await show_cards(interaction, [code_card(started)], [row_of(VerifiedButton(interaction.user.id))])

    @link.autocomplete("name")
    @verify.autocomplete("model")
    @verify.autocomplete("account")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await complete_name(self.tools, interaction, typed)

    @app_commands.command()
    async def unlink(self, interaction: discord.Interaction) -> None:
        """Take your link back; nothing else is changed"""
        removed = await remove_link(self.tools.database, interaction.user.id)
        await interaction.response.send_message(
            say("Your link is removed.") if removed else say("There was no link to remove."), ephemeral=True
        )

    @app_commands.command()
    async def unverify(self, interaction: discord.Interaction) -> None:
        """Give up your verified account; the link stays, and you can verify again"""
        dropped = await drop_verification(self.tools.database, interaction.user.id)
        await interaction.response.send_message(
            say("You are not verified any more.") if dropped else say("You had no verified account."),
            ephemeral=True,
        )

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """What you have linked, the rounds behind it, and what is verified"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        database, member = self.tools.database, interaction.user.id
        verification = await verification_of(database, member)
        cards = [] if verification is None else [verified_card(verification, self.tools.now())]
        if verification is None or await link_of(database, member) is not None:
            linked = await linked_account(database, self.tools.source, member)
            cards.append(account_card(linked, verification))
        await show_cards(interaction, cards, [start_row("pay", "rule")])

    @app_commands.command()
    @app_commands.describe(
        name="What you call it, like herd; without it all of your groups",
        who="The models or accounts in it, with commas between them",
        remove="Take the group away",
        tournament="Classic without it",
    )
    async def group(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        who: str | None = None,
        remove: bool = False,
        tournament: Tournament = "classic",
    ) -> None:
        """Keep names under one of your own, and type that in their place

        Up to four models or accounts, as `who` of /payout show and /payout compare. Only you see what you
        call them: whoever reads an answer that you share does not.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        database, member = self.tools.database, interaction.user.id
        if name is None and (who is not None or remove):
            raise ValueError("Say which group: give it a name, like herd.")
        if who is not None and remove:
            raise ValueError("Say who is in the group or remove it, not both at once.")
        if name is None:
            await show_cards(interaction, [groups_card(await groups_kept(database, member))])
        elif who is not None:
            source = self.tools.source(tournament)
            group = await save_group(database, source, member, name, who, self.tools.now())
            await show_cards(interaction, [group_card(group)])
        elif remove:
            gone = await forget_group(database, member, name)
            await interaction.followup.send(
                say("Your group {group} is removed.", group=plain(gone)), ephemeral=True
            )
        else:
            await show_cards(interaction, [group_card(await find_group(database, member, name))])

    @group.autocomplete("who")
    @offering
    async def _who(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await complete_names(self.tools, interaction, typed)

    @group.autocomplete("name")
    @offering
    async def _group(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of(await suggest_groups(self.tools.database, interaction.user.id, typed))


class VerifiedButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"account:verified:(?P<member>[0-9]{1,20})"
):
    """Pressed once the code is in the bio; which code that is stands in the database."""

    def __init__(self, member_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label=say("I put it there"),
                style=discord.ButtonStyle.success,
                custom_id=f"account:verified:{member_id}",
            )
        )
        self.member_id = member_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "VerifiedButton":
        return cls(int(match["member"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Read the bio, and verify the member or say what is missing."""
        async with errors_answered(interaction):
            if interaction.user.id != self.member_id:
                raise ValueError("This button is another member's. Get your own code with /account verify.")
            await interaction.response.defer(ephemeral=True, thinking=True)
            tools = tools_of(interaction)
            now = tools.now()
            verification = await finish_verification(tools.database, tools.source, self.member_id, now)
            await show_cards(interaction, [verified_card(verification, now, new=True)])


async def setup(bot: Client) -> None:
    """Add the commands and the buttons that outlive their message."""
    await bot.add_cog(AccountCommands(bot.tools))
    bot.add_dynamic_items(VerifiedButton, WhoButton)
    bot.forms |= LINK_FORMS
