-- What was promised or asked in public and where; who put it on record stands apart.
CREATE TABLE promises (
    promise_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('promise', 'question')),
    what TEXT NOT NULL CHECK (length(what) BETWEEN 1 AND 300),
    speaker TEXT NOT NULL CHECK (length(speaker) BETWEEN 1 AND 80),
    link TEXT NOT NULL CHECK (length(link) BETWEEN 1 AND 300),
    said_on TEXT NOT NULL CHECK (said_on GLOB '????-??-??'),
    due_on TEXT CHECK (due_on IS NULL OR due_on GLOB '????-??-??' AND due_on >= said_on AND kind = 'promise'),
    resolution TEXT CHECK (
        resolution = 'withdrawn' OR (resolution = 'answered') = (kind = 'question')
        AND resolution IN ('kept', 'broken', 'answered')
    ),
    resolved_on TEXT CHECK (resolved_on GLOB '????-??-??' AND resolved_on >= said_on),
    note TEXT CHECK (length(note) BETWEEN 1 AND 300),
    resolved_link TEXT CHECK (length(resolved_link) BETWEEN 1 AND 300),
    CHECK ((resolution IS NULL) = (resolved_on IS NULL) AND (resolution IS NULL) = (note IS NULL)),
    CHECK (resolution IS NOT NULL OR resolved_link IS NULL),
    UNIQUE (guild_id, number),
    UNIQUE (guild_id, promise_id),
    UNIQUE (guild_id, kind, what, link)
) STRICT;

-- How a promise came to be as it is: put on record, then settled, perhaps more than once.
CREATE TABLE promise_steps (
    step_id INTEGER PRIMARY KEY AUTOINCREMENT,
    promise_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'kept', 'broken', 'withdrawn', 'answered')),
    note TEXT NOT NULL,
    happened_at TEXT NOT NULL CHECK (happened_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (guild_id, step_id),
    FOREIGN KEY (guild_id, promise_id) REFERENCES promises (guild_id, promise_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX steps_of_promise ON promise_steps (guild_id, promise_id);

CREATE TABLE promise_step_actors (
    step_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, step_id) REFERENCES promise_steps (guild_id, step_id) ON DELETE CASCADE
) STRICT;

-- Claims that members agree or disagree with, without who added them. folded: the same claim in other
-- spellings is one statement.
CREATE TABLE opinion_statements (
    statement_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    claim TEXT NOT NULL CHECK (length(claim) BETWEEN 1 AND 140),
    folded TEXT NOT NULL CHECK (folded <> ''),
    added_at TEXT NOT NULL CHECK (added_at GLOB '????-??-??T??:??:??.??????+00:00'),
    hidden_reason TEXT CHECK (hidden_reason <> ''),
    UNIQUE (guild_id, number),
    UNIQUE (guild_id, statement_id),
    UNIQUE (guild_id, folded)
) STRICT;

CREATE TABLE opinion_authors (
    statement_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, statement_id) REFERENCES opinion_statements (guild_id, statement_id)
        ON DELETE CASCADE
) STRICT;

-- The limits look by member.
CREATE INDEX opinion_authors_of_member ON opinion_authors (guild_id, member_id);

CREATE TABLE opinion_votes (
    statement_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    vote INTEGER NOT NULL CHECK (vote IN (-1, 0, 1)),
    cast_at TEXT NOT NULL CHECK (cast_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (statement_id, member_id),
    FOREIGN KEY (guild_id, statement_id) REFERENCES opinion_statements (guild_id, statement_id)
        ON DELETE CASCADE
) STRICT;

CREATE INDEX opinion_votes_of_member ON opinion_votes (guild_id, member_id);

-- What moderators did to a statement and why.
CREATE TABLE opinion_events (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    statement_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hidden', 'unhidden')),
    reason TEXT NOT NULL CHECK (reason <> ''),
    happened_at TEXT NOT NULL CHECK (happened_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (guild_id, event_id),
    FOREIGN KEY (guild_id, statement_id) REFERENCES opinion_statements (guild_id, statement_id)
        ON DELETE CASCADE
) STRICT;

CREATE INDEX events_of_statement ON opinion_events (guild_id, statement_id);

CREATE TABLE opinion_event_actors (
    event_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    FOREIGN KEY (guild_id, event_id) REFERENCES opinion_events (guild_id, event_id) ON DELETE CASCADE
) STRICT;
