"""A bot with a little of everything, for the tests of the loopback Discord."""

import io
import os
import sys

import discord
from discord import app_commands


class Bot(discord.Client):
    async def before_identify_hook(self, shard_id, *, initial=False):
        pass  # instead of the five seconds that discord.py leaves between two sessions


intents = discord.Intents.default()
intents.members = "MEMBERS" in os.environ
client = Bot(intents=intents, guild_ready_timeout=0.1)
tree = app_commands.CommandTree(client)
chart = app_commands.Group(name="chart", description="Charts")
GUILD = discord.Object(int(os.environ["GUILD"]))
PICTURE = bytes(range(256)) * 300
KINDS = [app_commands.Choice(name=name, value=name.lower()) for name in ("Plain", "V2")]


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")


class Ballot(discord.ui.View):
    def __init__(self):
        super().__init__(timeout=None)
        self.votes = 0

    @discord.ui.button(label="Vote", custom_id="ballot:vote")
    async def vote(self, interaction, button):
        self.votes += 1
        await interaction.response.edit_message(content=f"{self.votes} votes", view=self)

    @discord.ui.button(label="Slowly", custom_id="ballot:slowly")
    async def slowly(self, interaction, button):
        await interaction.response.defer()
        await interaction.edit_original_response(content="slowly")

    @discord.ui.button(label="Tell me", custom_id="ballot:tell")
    async def tell(self, interaction, button):
        await interaction.response.send_message(f"psst {interaction.user.name}", ephemeral=True)

    @discord.ui.button(label="Closed", custom_id="ballot:closed", disabled=True)
    async def closed(self, interaction, button):
        pass

    @discord.ui.select(custom_id="ballot:choose", options=[discord.SelectOption(label=c) for c in "abc"])
    async def choose(self, interaction, select):
        await interaction.response.edit_message(content=f"chose {select.values}")


class Form(discord.ui.Modal, title="A form"):
    text = discord.ui.Label(text="Why", component=discord.ui.TextInput())


@tree.command()
async def echo(interaction: discord.Interaction, text: str, times: int = 1, loud: bool = False):
    said = " ".join([text] * times)
    await interaction.response.send_message(said.upper() if loud else said, ephemeral=True)


@chart.command()
async def draw(interaction: discord.Interaction, share: float = 0.5):
    await interaction.response.defer(thinking=True)
    embed = discord.Embed(title=f"Share {share}")
    file = discord.File(io.BytesIO(PICTURE), "chart.png", description="A line that rises")
    await interaction.followup.send(embed=embed, file=file)
    await interaction.followup.send("and a second one", ephemeral=True)


@chart.command()
async def redraw(interaction: discord.Interaction):
    await interaction.response.defer(ephemeral=True)
    files = [discord.File(io.BytesIO(bytes([n])), f"{n}.png", description=f"Number {n}") for n in range(2)]
    message = await interaction.edit_original_response(content="two", attachments=files)
    await message.edit(content="one", attachments=message.attachments[1:])


@tree.command()
async def account(interaction: discord.Interaction, name: str, limit: int = 3):
    await interaction.response.send_message(name)


@account.autocomplete("name")
async def names(interaction: discord.Interaction, current: str):
    limit = interaction.namespace.limit or 3
    return [app_commands.Choice(name=f"{current}{n}", value=f"#{n}") for n in range(limit)]


@tree.command()
@app_commands.choices(kind=KINDS)
async def ballot(interaction: discord.Interaction, kind: str = "plain"):
    if kind == "plain":
        await interaction.response.send_message("no votes", view=Ballot())
        return
    view = discord.ui.LayoutView(timeout=None)
    button = discord.ui.Button(label="Inside", custom_id="inside")

    async def pressed(interaction):
        await interaction.response.send_message("inside was pressed")

    button.callback = pressed
    view.add_item(discord.ui.Container(discord.ui.Section("A section", accessory=button)))
    await interaction.response.send_message(view=view)


@tree.command()
async def whisper(interaction: discord.Interaction, member: discord.User):
    await member.send("for you alone")
    where = "here" if interaction.guild is None else interaction.guild.name
    await interaction.response.send_message(f"{type(member).__name__} {member.name} was told, {where}")


@tree.command()
async def post(interaction: discord.Interaction, channel: discord.TextChannel):
    async with channel.typing():
        first = await channel.send("first", file=discord.File(io.BytesIO(b"1"), "one.txt"))
    second = await channel.send("second", view=Ballot())
    await first.edit(content="first, edited", attachments=[])
    third = await channel.send("third")
    await third.delete()
    seen = [message.content async for message in channel.history()]
    assert (await channel.fetch_message(second.id)).content == "second"
    await interaction.response.send_message(f"{seen} {interaction.permissions.manage_guild}", ephemeral=True)


@tree.command()
async def size(interaction: discord.Interaction, file: discord.Attachment):
    await interaction.response.send_message(f"{file.filename}: {sum(await file.read())}")


@tree.command()
async def ask(interaction: discord.Interaction):
    await interaction.response.send_modal(Form())


@tree.command()
async def vanish(interaction: discord.Interaction):
    await interaction.response.defer(ephemeral=True)
    await interaction.delete_original_response()


@tree.command()
async def people(interaction: discord.Interaction):
    found = await interaction.guild.query_members("mo")
    fetched = await interaction.guild.fetch_member(interaction.user.id)
    user = await client.fetch_user(interaction.user.id)
    channel = await client.fetch_channel(interaction.channel_id)
    names = [member.name for member in found]
    await interaction.response.send_message(f"{names} {fetched.name} {user.name} {channel.name}")


@tree.command()
async def leave(interaction: discord.Interaction):
    await interaction.response.send_message("bye")
    await client.close()


@tree.command()
async def silent(interaction: discord.Interaction):
    pass


@tree.command()
async def unheard(interaction: discord.Interaction):
    try:
        [guild async for guild in client.fetch_guilds()]
    except discord.NotFound as error:
        await interaction.response.send_message(f"status {error.status}")


@tree.error
async def on_error(interaction, error):
    say("failed:", error)


@client.event
async def setup_hook():
    tree.add_command(chart)
    await tree.sync()
    tree.add_command(app_commands.Command(name="local", description="x", callback=local), guild=GUILD)
    await tree.sync(guild=GUILD)
    say("fetched:", *sorted(command.name for command in await tree.fetch_commands()))


async def local(interaction: discord.Interaction):
    await interaction.response.send_message("only here")


@client.event
async def on_ready():
    guild = client.guilds[0]
    while guild.unavailable:  # a busy machine may be told of it after the wait for servers is over
        guild = await client.wait_for("guild_available")
    say("ready:", client.user, guild.name, *[channel.name for channel in guild.text_channels])
    say("cached:", *sorted(member.name for member in guild.members))


@client.event
async def on_resumed():
    say("resumed")


@client.event
async def on_message_edit(before, after):
    say("edited:", before.content, "->", after.content)


@client.event
async def on_raw_message_delete(event):
    say("deleted:", event.cached_message.content)


client.run(os.environ["DISCORD_TOKEN"])
