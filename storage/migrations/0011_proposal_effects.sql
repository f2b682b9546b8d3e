-- What each revision of a proposal would have done, in a sentence, and the numbers it was computed on: so that a
-- card that is drawn again asks for nothing heavy.
CREATE TABLE proposal_effects (
    proposal_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    effect TEXT NOT NULL CHECK (effect <> ''),
    basis TEXT NOT NULL,
    computed_at TEXT NOT NULL CHECK (computed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (proposal_id, revision),
    FOREIGN KEY (proposal_id, revision) REFERENCES proposal_revisions (proposal_id, revision),
    FOREIGN KEY (guild_id, proposal_id) REFERENCES proposals (guild_id, proposal_id) ON DELETE CASCADE
) STRICT;

-- Cards of open proposals are drawn anew: they were embeds with a picture.
UPDATE proposal_cards SET shown = 'an embed' WHERE proposal_id IN (SELECT proposal_id FROM proposals WHERE open);
