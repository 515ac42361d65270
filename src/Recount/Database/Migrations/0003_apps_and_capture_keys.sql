-- Apps, the public keys that write for them, and the version of all that capture must know.

CREATE TABLE recount.app (
  account           uuid NOT NULL REFERENCES recount.account,
  app               uuid NOT NULL UNIQUE,
  name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- Origins that may send, as browsers write them; empty allows all.
  origins           text[] NOT NULL,
  paused            boolean NOT NULL,
  recording         boolean NOT NULL,
  sample            double precision NOT NULL CHECK (sample BETWEEN 0 AND 1),
  privacy           text CHECK (privacy IN ('strict', 'inputs', 'open')),
  chunk_interval_ms integer NOT NULL CHECK (chunk_interval_ms BETWEEN 250 AND 60000),
  chunk_bytes       integer NOT NULL CHECK (chunk_bytes BETWEEN 1024 AND 4194304),
  created_at        timestamptz NOT NULL,
  PRIMARY KEY (account, app)
);
CREATE UNIQUE INDEX app_name ON recount.app (account, lower(name));

CREATE TABLE recount.capture_key (
  key        text PRIMARY KEY CHECK (key ~ '^rk_[a-z0-9]{32}$'),
  account    uuid NOT NULL,
  app        uuid NOT NULL,
  created_at timestamptz NOT NULL,
  -- When a rotated key stops being taken; null for the key in use. The row stays: a retired key is never unknown.
  retires_at timestamptz,
  FOREIGN KEY (account, app) REFERENCES recount.app (account, app)
);
CREATE INDEX capture_key_of_app ON recount.capture_key (account, app, created_at);

-- Accounts whose chunks are checked before they are acknowledged. Recordings writes a row when half of an account's
-- quarantine budget is in use and deletes it when less is; the key snapshot reads it.
CREATE TABLE recount.capture_screening (
  account uuid PRIMARY KEY REFERENCES recount.account,
  since   timestamptz NOT NULL
);

-- One row. The database names itself, because versions of two databases must never be compared.
CREATE TABLE recount.key_snapshot (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  database uuid NOT NULL,
  version  bigint NOT NULL
);
INSERT INTO recount.key_snapshot (database, version) VALUES (gen_random_uuid(), 1);

-- A trigger and not each statement, so that no writer can forget it. The row's lock is held until the commit: versions
-- become visible in the order they were counted.
CREATE FUNCTION recount.count_key_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  UPDATE recount.key_snapshot SET version = version + 1;
  PERFORM pg_notify('recount_keys', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER count_key_change AFTER INSERT OR UPDATE OR DELETE ON recount.account
  FOR EACH STATEMENT EXECUTE FUNCTION recount.count_key_change();
CREATE TRIGGER count_key_change AFTER INSERT OR UPDATE OR DELETE ON recount.app
  FOR EACH STATEMENT EXECUTE FUNCTION recount.count_key_change();
CREATE TRIGGER count_key_change AFTER INSERT OR UPDATE OR DELETE ON recount.capture_key
  FOR EACH STATEMENT EXECUTE FUNCTION recount.count_key_change();
CREATE TRIGGER count_key_change AFTER INSERT OR UPDATE OR DELETE ON recount.capture_screening
  FOR EACH STATEMENT EXECUTE FUNCTION recount.count_key_change();

GRANT SELECT, INSERT, UPDATE ON recount.app TO recount_app;
GRANT SELECT, INSERT, UPDATE ON recount.capture_key TO recount_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON recount.capture_screening TO recount_app;
GRANT SELECT, UPDATE ON recount.key_snapshot TO recount_app;
GRANT EXECUTE ON FUNCTION recount.count_key_change() TO recount_app;
