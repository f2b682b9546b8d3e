-- Ballots are published as a set: nothing keeps the order in which they came any more, and no receipt tells it.
-- What anybody is told of an open poll's ballots is a number that the clock sets at fixed times.

-- Commitments of ballots that count in a closed poll and whose member has erased choice and salt. In the order of
-- the commitments, which is chance: rows in the order of erasing would tell whose of several polls belong together.
CREATE TABLE erased_commitments (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    commitment TEXT NOT NULL CHECK (length(commitment) = 64 AND commitment NOT GLOB '*[^0-9a-f]*'),
    PRIMARY KEY (poll_id, commitment),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO erased_commitments (poll_id, guild_id, commitment)
SELECT c.poll_id, c.guild_id, c.commitment FROM ballot_chain c JOIN polls p USING (guild_id, poll_id)
WHERE p.state = 'closed' AND c.commitment IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM ballot_chain r WHERE r.poll_id = c.poll_id AND r.replaces = c.sequence)
AND NOT EXISTS (SELECT 1 FROM ballots b WHERE b.poll_id = c.poll_id AND b.sequence = c.sequence);

-- The ballot in force of each member.
CREATE TABLE ballots_in_force (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    choice TEXT NOT NULL CHECK (json_valid(choice)),
    salt TEXT NOT NULL CHECK (length(salt) = 32 AND salt NOT GLOB '*[^0-9a-f]*'),
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    reason_named INTEGER NOT NULL CHECK (reason_named IN (0, 1)),
    cast_at TEXT NOT NULL CHECK (cast_at GLOB '????-??-??T??:??:??.??????+00:00'),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    changes INTEGER NOT NULL DEFAULT 0 CHECK (changes >= 0),
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO ballots_in_force (
    poll_id, guild_id, member_id, choice, salt, reason, reason_named, cast_at, changed_at, changes
)
SELECT poll_id, guild_id, member_id, choice, salt, reason, reason_named, cast_at, changed_at, changes
FROM ballots;
DROP TABLE ballots;
DROP TABLE ballot_chain;
ALTER TABLE ballots_in_force RENAME TO ballots;
CREATE INDEX ballots_of_member ON ballots (member_id);

-- writes: how often anything was done with a poll's ballots, so that a count knows whether it is still true.
-- told: ballots in force when that was last told; told_at: the time up to which it is true.
ALTER TABLE polls DROP COLUMN head;
ALTER TABLE polls ADD COLUMN writes INTEGER NOT NULL DEFAULT 0 CHECK (writes >= 0);
ALTER TABLE polls ADD COLUMN told_at TEXT CHECK (
    told_at IS NULL OR told_at GLOB '????-??-??T??:??:??.??????+00:00'
);
ALTER TABLE polls ADD COLUMN told INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0);

-- A head that stood for the order of the ballots is no head of the set; the cards that show one are edited.
UPDATE polls SET result = json_remove(result, '$.head') WHERE result IS NOT NULL;
DELETE FROM poll_cards WHERE poll_id IN (SELECT poll_id FROM polls WHERE state = 'closed');
