-- A Numerai model or account that a member says is theirs: a claim, nobody has verified it.
CREATE TABLE account_links (
    member_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind TEXT NOT NULL CHECK (kind IN ('model', 'account')),
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    linked_at TEXT NOT NULL CHECK (linked_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

CREATE TABLE guild_settings (
    guild_id INTEGER NOT NULL PRIMARY KEY,
    sharing INTEGER NOT NULL CHECK (sharing IN (0, 1)),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

-- What a Share button asks again. AUTOINCREMENT: the number of a removed question never names another one.
CREATE TABLE asked_questions (
    question_id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL,
    question TEXT NOT NULL CHECK (question <> ''),
    arguments TEXT NOT NULL CHECK (json_valid(arguments)),
    asked_at TEXT NOT NULL CHECK (asked_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

CREATE INDEX asked_questions_of_member ON asked_questions (member_id);

-- The clean-up after each question looks by time.
CREATE INDEX asked_questions_by_time ON asked_questions (asked_at);

CREATE TABLE command_syncs (
    application_id INTEGER NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL CHECK (digest <> ''),
    synced_at TEXT NOT NULL CHECK (synced_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;
