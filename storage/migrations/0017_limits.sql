-- Who opened what, as fingerprints under the key of blocks, so that deleting one's data resets no limit.
CREATE TABLE openings (
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('proposal', 'poll', 'statement')),
    thing_id INTEGER NOT NULL,
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
    opened_at TEXT NOT NULL CHECK (opened_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (guild_id, kind, thing_id)
) STRICT, WITHOUT ROWID;

-- Why moderators took a poll out of sight; NULL while it is in sight.
ALTER TABLE polls ADD COLUMN hidden_reason TEXT CHECK (
    hidden_reason IS NULL OR length(hidden_reason) BETWEEN 1 AND 300
);
