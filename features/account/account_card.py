"""Cards for a member's link and for the proof of an account."""

from dataclasses import replace
from datetime import datetime

from discord.utils import format_dt

from features.account.link import LinkedAccount
from features.account.verify import GOOD_FOR, Started
from storage.members.verifications import AccountVerification
from ui.card import BLUE, GREEN, Card
from ui.text import plain
from wording.tongue import marked, say, say_counted

NO_KEYS = marked("This bot never asks for an API key, a password or a wallet. Whoever does is not this bot.")

WARNED = 2  # sentences on limits that are written out
NO_STAKE = marked(
    "**Without a stake** nothing was paid. What one would have earned: /payout compare with two rules, like "
    "1C3T vs 2C1T, and a stake of 100."
)


def account_card(account: LinkedAccount, verification: AccountVerification | None = None) -> Card:
    """What is linked, the rounds behind it, and whether it is proven."""
    link = account.link
    models = (
        say_counted("{count} model", "{count} models", len(account.models))
        if link.kind == "account"
        else say("one model")
    )
    if verification is not None and verification.account.casefold() == link.name.casefold():
        proof = say("**Verified** You proved on {day} that it is yours.", day=verification.verified_at)
    else:
        proof = say(
            "**A claim, not a proof** Nobody has checked that it is yours. "
            "Only you see it, unless you share an answer."
        )
    mind = [plain(sentence) for sentence in account.warnings[:WARNED]]
    if more := account.warnings[WARNED:]:
        mind.append(say("So it is for {count} more.", count=len(more)))
    scored = {
        "models": models,
        "first": str(account.first_round),
        "last": str(account.last_round),
        "staked": str(account.staked_rounds),
    }
    return Card(
        say("Linked: {name}", name=plain(link.name)),
        say(
            "{models}, scored in rounds {first}-{last}, with a stake in {staked} of them; {stake} NMR in the "
            "newest.",
            **scored,
            stake=account.stake,
        )
        if account.stake
        else say("{models}, scored in rounds {first}-{last}, with a stake in {staked} of them.", **scored),
        after="\n".join(
            ([say("**Mind** {sentences}", sentences=" ".join(mind))] if mind else [])
            + ([] if account.stake else [say(NO_STAKE)])
            + [proof]
        ),
        small=say(
            "{source} · data until {until} · linked {day}",
            source=account.source,
            until=account.until,
            day=link.linked_at,
        ),
        colour=BLUE,
    )


def code_card(started: Started) -> Card:
    """What to do with a code, step by step on a phone."""
    model, account = plain(started.model), plain(started.account)
    return Card(
        say("Prove that {account} is yours", account=account),
        say(
            "1. Copy the code above this card: touch and hold it, then *Copy Text*.\n"
            "2. In your browser, open numer.ai, log in, and go to the page of your model **{model}**.\n"
            "3. Edit its bio, paste the code anywhere in it, and save. What is there may stay.\n"
            "4. Come back and press **I put it there**. The code is good until {time}, {left}.\n"
            "5. Once you are verified, take the code out again.",
            model=model,
            time=format_dt(started.expires_at, "t"),
            left=format_dt(started.expires_at, "R"),
        ),
        after=say(
            "**Only for yourself** Use no code that somebody else gave you: it would make your account "
            "theirs here."
        ),
        small=say(NO_KEYS),
        colour=BLUE,
    )


def linked_at_numerai_card(verification: AccountVerification, now: datetime) -> Card:
    """An account that its owner linked to the member at Numerai: there is no code to take out."""
    card = verified_card(verification, now)
    how = say("**How** Numerai says that it is linked to you at Discord.")
    return replace(card, after=f"{how}\n{card.after}")


def verified_card(verification: AccountVerification, now: datetime, *, new: bool = False) -> Card:
    """Whose account is proven, since when, and when that is looked at again."""
    days = max(0, (now - verification.verified_at).days)
    since = say("today") if days == 0 else say_counted("{count} day ago", "{count} days ago", days)
    clear = say("**Now clear the bio** Take the code out of the bio: nothing needs it.") + "\n" if new else ""
    seen = say("**Who sees it** Only you. `/account unverify` takes it back at any time.")
    return Card(
        say("Verified: {account}", account=plain(verification.account)),
        say(
            "You proved on {day}, {since}, that this Numerai account is yours. "
            "Last checked on {checked}; it is checked again from {again} on.",
            day=verification.verified_at,
            since=since,
            checked=verification.checked_at,
            again=verification.checked_at + GOOD_FOR,
        ),
        after=f"{clear}{seen}",
        small=f"Numerai {verification.tournament.title()} · {say(NO_KEYS)}",
        colour=GREEN,
    )
