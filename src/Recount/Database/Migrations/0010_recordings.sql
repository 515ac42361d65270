-- What is write-once: the runtime role may insert and read these, and nothing else.

-- A session belongs to the app and the write key of the first chunk that named it.
CREATE TABLE recount.session (
  account uuid NOT NULL,
  session uuid NOT NULL,
  app uuid NOT NULL,
  write_key_hash bytea NOT NULL,
  first_received_at timestamptz NOT NULL,
  PRIMARY KEY (account, session)
);

CREATE TABLE recount.page (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  first_received_at timestamptz NOT NULL,
  PRIMARY KEY (account, session, page)
);

-- A part whose object was read back and whose every hash was compared. The row is written from the object's own footer.
CREATE TABLE recount.part (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  part integer NOT NULL,
  root bytea NOT NULL,
  footer bytea NOT NULL,
  stored_bytes bigint NOT NULL,
  received_bytes bigint NOT NULL,
  events_root bytea NOT NULL,
  events_stored_bytes bigint NOT NULL,
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (account, session, page, part)
);

-- A frame that could not be archived as it is; its bytes are in the object store. Damaged ranges that held no known
-- frame have a negative frame number and count nothing.
CREATE TABLE recount.quarantine (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  frame integer NOT NULL,
  account uuid NOT NULL,
  session uuid,
  page uuid,
  seq integer,
  reason text NOT NULL,
  detail text NOT NULL,
  received_hash bytea,
  received_bytes bigint NOT NULL,
  received_at timestamptz NOT NULL,
  quarantined_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, n, frame)
);
CREATE INDEX quarantine_by_page ON recount.quarantine (account, session, page);

-- A quarantined frame that a later version could read: it is a chunk again.
CREATE TABLE recount.quarantine_resolution (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  frame integer NOT NULL,
  resolved_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, n, frame)
);

-- An intake object whose frames are all indexed. One row, one transaction: an object cannot be indexed twice.
CREATE TABLE recount.intake_object (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  frames integer NOT NULL,
  indexed_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, n)
);

-- An intake object whose every frame was proven to be archived, so that it may be deleted.
CREATE TABLE recount.intake_release (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  released_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, n)
);

-- What was accepted, read from the objects' footers by a reader that is not the indexer.
CREATE TABLE recount.intake_audit (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  audited_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, n)
);
CREATE TABLE recount.intake_accepted (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  account uuid NOT NULL,
  hour timestamptz NOT NULL,
  frames bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (node, boot, n, account, hour)
);
CREATE INDEX intake_accepted_by_account ON recount.intake_accepted (account, hour);

GRANT SELECT, INSERT ON
  recount.session, recount.page, recount.part, recount.quarantine, recount.quarantine_resolution, recount.intake_object,
  recount.intake_release, recount.intake_audit, recount.intake_accepted
TO recount_app;

-- What changes: the working index and everything that can be derived again.

-- Chunks that no part holds yet. A chunk leaves in the transaction that writes the row of the part that holds it.
CREATE TABLE recount.chunk (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  seq integer NOT NULL,
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  frame integer NOT NULL,
  frame_offset bigint NOT NULL,
  frame_length integer NOT NULL,
  received_at_micros bigint NOT NULL,
  received_hash bytea NOT NULL,
  received_bytes integer NOT NULL,
  content_hash bytea NOT NULL,
  content_bytes integer NOT NULL,
  entries integer NOT NULL,
  kinds integer[] NOT NULL,
  has_snapshot boolean NOT NULL,
  is_last boolean NOT NULL,
  clock_from double precision NOT NULL,
  clock_to double precision NOT NULL,
  query bytea NOT NULL,
  PRIMARY KEY (account, session, page, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE UNIQUE INDEX chunk_by_frame ON recount.chunk (node, boot, n, frame);

-- Entries that say what a page, a person or a clock is; copied so that lists need not read the archive.
CREATE TABLE recount.entry_fact (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  seq integer NOT NULL,
  position integer NOT NULL,
  at double precision NOT NULL,
  kind smallint NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (account, session, page, seq, position)
);

-- Sessions whose summary is out of date. Insert-only for those who change something, so that no mark is missed by a
-- summary that was already being computed.
CREATE TABLE recount.session_due (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account uuid NOT NULL,
  session uuid NOT NULL
);

CREATE TABLE recount.session_summary (
  account uuid NOT NULL,
  session uuid NOT NULL,
  app uuid NOT NULL,
  person text,
  first_received_at timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms bigint NOT NULL,
  quality text NOT NULL,
  pages integer NOT NULL,
  chunks integer NOT NULL,
  pending_chunks integer NOT NULL,
  entries bigint NOT NULL,
  gaps integer NOT NULL,
  skew_ms double precision,
  url text,
  title text,
  PRIMARY KEY (account, session)
);
CREATE INDEX session_summary_by_first_receipt
  ON recount.session_summary (account, first_received_at DESC, session DESC);
CREATE INDEX session_summary_by_app
  ON recount.session_summary (account, app, first_received_at DESC, session DESC);

-- When a part was last read back.
CREATE TABLE recount.part_check (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  part integer NOT NULL,
  verified_at timestamptz NOT NULL,
  PRIMARY KEY (account, session, page, part)
);

-- Where accepted chunks went. Transactions insert deltas; one roller folds them into the totals.
CREATE TABLE recount.conservation_delta (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account uuid NOT NULL,
  hour timestamptz NOT NULL,
  archived bigint NOT NULL,
  duplicate bigint NOT NULL,
  quarantined bigint NOT NULL,
  erased bigint NOT NULL
);
CREATE TABLE recount.conservation_total (
  account uuid NOT NULL,
  hour timestamptz NOT NULL,
  archived bigint NOT NULL,
  duplicate bigint NOT NULL,
  quarantined bigint NOT NULL,
  erased bigint NOT NULL,
  PRIMARY KEY (account, hour)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON
  recount.chunk, recount.entry_fact, recount.session_due, recount.session_summary, recount.part_check,
  recount.conservation_delta, recount.conservation_total
TO recount_app;
