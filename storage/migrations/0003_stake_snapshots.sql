-- Who held the stake on a day, so that its concentration can be followed. The lists are JSON, largest stake
-- first and without zeros; each is [[name, NMR], ...]. Accounts may be guesses from the models' names.
CREATE TABLE stake_snapshots (
    snapshot_id INTEGER PRIMARY KEY,
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    source TEXT NOT NULL CHECK (source <> ''),
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    models TEXT NOT NULL CHECK (json_valid(models)),
    accounts TEXT NOT NULL CHECK (json_valid(accounts)),
    guessed INTEGER NOT NULL CHECK (guessed IN (0, 1)),
    taken_at TEXT NOT NULL CHECK (taken_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (tournament, source, day)
) STRICT;
