-- the models of a tournament, numbered: a round names each of them by its number
CREATE TABLE field_models (
  tournament TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  model_key TEXT NOT NULL, -- the id that stays when a model is renamed
  name TEXT NOT NULL,
  PRIMARY KEY (tournament, number),
  UNIQUE (tournament, model_key)
) STRICT;

-- every model of a round at once, as columns of whole numbers; what is resolved is not asked for again
CREATE TABLE whole_rounds (
  tournament TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
  head TEXT NOT NULL CHECK (json_valid(head)),
  packed BLOB NOT NULL,
  size INTEGER NOT NULL GENERATED ALWAYS AS (length(packed)) STORED,
  fetched_at TEXT NOT NULL CHECK (fetched_at GLOB '????-??-??T??:??:??.??????+00:00'),
  PRIMARY KEY (tournament, number)
) STRICT;
