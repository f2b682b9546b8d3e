-- Which process works with this file, and how often it has said that it is alive. The number only grows: it also
-- stands in the note beside the file, so that a file that has lost what was written to it is found out.
CREATE TABLE lease (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    process TEXT, -- a name by chance; NULL: it has left
    machine TEXT NOT NULL,
    beats INTEGER NOT NULL CHECK (beats > 0),
    beaten_at TEXT NOT NULL CHECK (beaten_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;
