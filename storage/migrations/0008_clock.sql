-- What each public card last showed, in the words of storage.polls.cards and storage.proposals.cards: a card
-- whose words are other ones by now is behind, and is edited until it is not.
CREATE TABLE poll_cards (
    poll_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    shown TEXT NOT NULL CHECK (shown <> ''),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE proposal_cards (
    proposal_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    shown TEXT NOT NULL CHECK (shown <> ''),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

-- What ended more than a week ago is left as it stands; everything younger is looked at once.
INSERT INTO poll_cards (poll_id, guild_id, shown)
SELECT poll_id, guild_id, state FROM polls
WHERE state <> 'open' AND changed_at < strftime('%Y-%m-%dT%H:%M:%S', 'now', '-7 days');

-- Servers that the bot was removed from, and since when.
CREATE TABLE left_guilds (
    guild_id INTEGER NOT NULL PRIMARY KEY,
    left_at TEXT NOT NULL CHECK (left_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;
