-- A vote on a server. tie_seed is secret until the close, tie_commitment (its SHA-256) is shown from the start;
-- head is the newest of the chain of ballots, at first that of what is settled when the poll opens.
CREATE TABLE polls (
    poll_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    proposal_id INTEGER,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT NOT NULL CHECK (length(description) <= 1000),
    method TEXT NOT NULL CHECK (method IN (
        'single', 'approval', 'ranked_irv', 'ranked_schulze', 'score', 'numeric', 'gradient', 'dots'
    )),
    options TEXT NOT NULL CHECK (json_valid(options)),
    budget INTEGER CHECK (budget IS NULL OR (budget >= 1 AND method = 'dots')),
    opens_at TEXT NOT NULL CHECK (opens_at GLOB '????-??-??T??:??:??.??????+00:00'),
    closes_at TEXT NOT NULL CHECK (closes_at GLOB '????-??-??T??:??:??.??????+00:00'),
    extended INTEGER NOT NULL DEFAULT 0 CHECK (extended IN (0, 1)),
    quorum INTEGER NOT NULL CHECK (quorum >= 0),  -- 0: none
    eligibility TEXT NOT NULL CHECK (json_valid(eligibility)),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'cancelled')),
    tie_seed TEXT NOT NULL CHECK (length(tie_seed) = 64 AND tie_seed NOT GLOB '*[^0-9a-f]*'),
    tie_commitment TEXT NOT NULL CHECK (
        length(tie_commitment) = 64 AND tie_commitment NOT GLOB '*[^0-9a-f]*'
    ),
    spec_hash TEXT NOT NULL CHECK (length(spec_hash) = 64 AND spec_hash NOT GLOB '*[^0-9a-f]*'),
    electorate INTEGER NOT NULL CHECK (electorate >= 0),
    head TEXT NOT NULL CHECK (length(head) = 64 AND head NOT GLOB '*[^0-9a-f]*'),
    result TEXT CHECK (result IS NULL OR json_valid(result)),
    closed_at TEXT CHECK (closed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    channel INTEGER,
    thread INTEGER,
    message INTEGER,
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    CHECK (opens_at < closes_at),
    CHECK ((state = 'closed') = (result IS NOT NULL)),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    UNIQUE (guild_id, number),
    UNIQUE (guild_id, poll_id),  -- what belongs to a poll refers to both, so it is of the same server
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id)
) STRICT;

CREATE INDEX polls_due ON polls (closes_at) WHERE state = 'open';

-- A proposal is voted on in one poll at a time.
CREATE UNIQUE INDEX open_poll_of_proposal ON polls (guild_id, proposal_id)
    WHERE state = 'open' AND proposal_id IS NOT NULL;

CREATE TABLE poll_authors (
    poll_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT;

-- What was done with ballots, one after the other, without whose they are: cast (nothing is replaced), changed,
-- or withdrawn (no commitment). WITHOUT ROWID here and below keeps the rows of a poll next to each other.
CREATE TABLE ballot_chain (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    commitment TEXT CHECK (length(commitment) = 64 AND commitment NOT GLOB '*[^0-9a-f]*'),
    replaces INTEGER CHECK (replaces >= 1 AND replaces < sequence),
    head TEXT NOT NULL CHECK (length(head) = 64 AND head NOT GLOB '*[^0-9a-f]*'),
    appended_at TEXT NOT NULL CHECK (appended_at GLOB '????-??-??T??:??:??.??????+00:00'),
    CHECK (commitment IS NOT NULL OR replaces IS NOT NULL),
    PRIMARY KEY (poll_id, sequence),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The ballot in force of each member; sequence is its entry in the chain.
CREATE TABLE ballots (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    choice TEXT NOT NULL CHECK (json_valid(choice)),
    salt TEXT NOT NULL CHECK (length(salt) = 32 AND salt NOT GLOB '*[^0-9a-f]*'),
    sequence INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    reason_named INTEGER NOT NULL CHECK (reason_named IN (0, 1)),
    cast_at TEXT NOT NULL CHECK (cast_at GLOB '????-??-??T??:??:??.??????+00:00'),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    changes INTEGER NOT NULL DEFAULT 0 CHECK (changes >= 0),
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (poll_id, sequence) REFERENCES ballot_chain (poll_id, sequence),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX ballots_of_member ON ballots (member_id);

-- Choices that count in a closed poll and belong to nobody any more. How many there are of each, and not one
-- row each: rows in order of erasing would tell which choices in several polls were of the same person.
CREATE TABLE erased_choices (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    choice TEXT NOT NULL CHECK (json_valid(choice)),
    times INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1),
    PRIMARY KEY (poll_id, choice),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Members with a verified account when the poll opened, and the stake (NMR) of the whole account on that day.
CREATE TABLE electors (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    stake REAL NOT NULL CHECK (stake >= 0 AND stake < 1e12),
    account TEXT NOT NULL CHECK (length(account) BETWEEN 1 AND 100),
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX electors_of_member ON electors (member_id);

CREATE TABLE reminders (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX reminders_due ON reminders (due_at);

-- A Numerai account that a member has shown to be theirs; one account, one member. lapsed: a later check failed.
CREATE TABLE account_verifications (
    member_id INTEGER NOT NULL PRIMARY KEY,
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    account TEXT NOT NULL COLLATE NOCASE CHECK (length(account) BETWEEN 1 AND 100),
    verified_at TEXT NOT NULL CHECK (verified_at GLOB '????-??-??T??:??:??.??????+00:00'),
    checked_at TEXT NOT NULL CHECK (checked_at GLOB '????-??-??T??:??:??.??????+00:00'),
    state TEXT NOT NULL CHECK (state IN ('verified', 'lapsed')),
    UNIQUE (account)  -- of whatever tournament: its stake counts once
) STRICT;

-- What a member was asked to put into the profile of a model.
CREATE TABLE verification_codes (
    member_id INTEGER NOT NULL PRIMARY KEY,
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    model TEXT NOT NULL CHECK (length(model) BETWEEN 1 AND 100),
    code TEXT NOT NULL CHECK (length(code) = 24 AND code NOT GLOB '*[^0-9a-f]*'),
    made_at TEXT NOT NULL CHECK (made_at GLOB '????-??-??T??:??:??.??????+00:00'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????+00:00'),
    CHECK (made_at < expires_at)
) STRICT;
