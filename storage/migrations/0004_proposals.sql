-- Channels and roles: null is none. Times of a server are told in its zone.
ALTER TABLE guild_settings ADD COLUMN proposal_channel INTEGER;
ALTER TABLE guild_settings ADD COLUMN announce_channel INTEGER;
ALTER TABLE guild_settings ADD COLUMN moderator_role INTEGER;
ALTER TABLE guild_settings ADD COLUMN team_role INTEGER;
ALTER TABLE guild_settings ADD COLUMN zone TEXT NOT NULL DEFAULT 'UTC' CHECK (length(zone) BETWEEN 1 AND 64);
ALTER TABLE guild_settings ADD COLUMN cooldown_hours INTEGER NOT NULL DEFAULT 24
    CHECK (cooldown_hours BETWEEN 0 AND 720);
ALTER TABLE guild_settings ADD COLUMN open_cap INTEGER NOT NULL DEFAULT 3 CHECK (open_cap BETWEEN 1 AND 50);
ALTER TABLE guild_settings ADD COLUMN seconds_least INTEGER NOT NULL DEFAULT 2
    CHECK (seconds_least BETWEEN 0 AND 1000);

-- What a server was proposed, without who proposed it: a person can leave, and what others answered to stays.
-- changed_at: when a member last did something to it. due_at: when the clock has to look at it.
CREATE TABLE proposals (
    proposal_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    stage TEXT NOT NULL CHECK (stage IN (
        'idea', 'discussion', 'last_call', 'vote', 'result', 'response', 'review',
        'closed', 'withdrawn', 'superseded', 'stale'
    )),
    open INTEGER NOT NULL GENERATED ALWAYS AS (
        stage NOT IN ('closed', 'withdrawn', 'superseded', 'stale')
    ) STORED,
    stage_since TEXT NOT NULL CHECK (stage_since GLOB '????-??-??T??:??:??.??????+00:00'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????+00:00'),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    kind TEXT NOT NULL CHECK (kind <> ''),
    content_hash TEXT NOT NULL CHECK (length(content_hash) = 64 AND content_hash NOT GLOB '*[^0-9a-f]*'),
    successor_id INTEGER CHECK (successor_id <> proposal_id),
    hidden_reason TEXT CHECK (hidden_reason <> ''),
    channel INTEGER,
    thread INTEGER,
    message INTEGER,
    due_at TEXT CHECK (due_at GLOB '????-??-??T??:??:??.??????+00:00'),
    CHECK ((stage = 'superseded') = (successor_id IS NOT NULL)),
    UNIQUE (guild_id, number),
    UNIQUE (guild_id, proposal_id),  -- what belongs to a proposal refers to both, so it is of the same server
    FOREIGN KEY (guild_id, successor_id) REFERENCES proposals (guild_id, proposal_id),
    FOREIGN KEY (proposal_id, revision) REFERENCES proposal_revisions (proposal_id, revision)
        DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX proposals_due ON proposals (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE proposal_revisions (
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    content TEXT NOT NULL CHECK (json_valid(content)),
    content_hash TEXT NOT NULL CHECK (length(content_hash) = 64 AND content_hash NOT GLOB '*[^0-9a-f]*'),
    note TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (proposal_id, revision),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE proposal_authors (
    proposal_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

-- The cool-down and the cap look by member.
CREATE INDEX proposal_authors_of_member ON proposal_authors (guild_id, member_id);

CREATE TABLE proposal_seconds (
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    seconded_at TEXT NOT NULL CHECK (seconded_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (proposal_id, member_id),
    FOREIGN KEY (proposal_id, revision) REFERENCES proposal_revisions (proposal_id, revision),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE proposal_arguments (
    argument_id INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('for', 'against', 'question')),
    claim TEXT NOT NULL CHECK (length(claim) BETWEEN 1 AND 300),
    made_at TEXT NOT NULL CHECK (made_at GLOB '????-??-??T??:??:??.??????+00:00'),
    hidden_reason TEXT CHECK (hidden_reason <> ''),
    UNIQUE (proposal_id, member_id, claim),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

-- What the team officially says to a proposal; who of them wrote it stands apart.
CREATE TABLE proposal_responses (
    response_id INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'partly', 'rejected', 'noted')),
    statement TEXT NOT NULL CHECK (length(statement) BETWEEN 1 AND 1000),
    link TEXT CHECK (link <> ''),
    responded_at TEXT NOT NULL CHECK (responded_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (guild_id, response_id),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX responses_of_proposal ON proposal_responses (guild_id, proposal_id);

CREATE TABLE response_actors (
    response_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, response_id) REFERENCES proposal_responses (guild_id, response_id) ON DELETE CASCADE
) STRICT;

-- What happened to a proposal; who did it stands apart, and nobody does where it was the clock.
CREATE TABLE proposal_events (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'filed', 'revised', 'advanced', 'withdrawn', 'superseded', 'hidden', 'unhidden',
        'argument_hidden', 'argument_unhidden', 'responded'
    )),
    detail TEXT NOT NULL,
    happened_at TEXT NOT NULL CHECK (happened_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (guild_id, event_id),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX events_of_proposal ON proposal_events (guild_id, proposal_id);

CREATE TABLE event_actors (
    event_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, event_id) REFERENCES proposal_events (guild_id, event_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE proposal_drafts (
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (guild_id, member_id)
) STRICT;

-- Who may not propose on a server: a fingerprint under the key below, so that it outlives what is kept about
-- the member, and tells nobody who it is without the key.
CREATE TABLE proposal_blocks (
    guild_id INTEGER NOT NULL,
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
    reason TEXT NOT NULL CHECK (reason <> ''),
    blocked_at TEXT NOT NULL CHECK (blocked_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (guild_id, fingerprint)
) STRICT;

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL CHECK (value <> '')
) STRICT;

INSERT INTO secrets (name, value) VALUES ('blocks', lower(hex(randomblob(32))));
