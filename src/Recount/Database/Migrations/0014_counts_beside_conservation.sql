-- Sessions as the intake shows them to the reader that is not the indexer, each with the object in which it was first
-- seen (unknown for those from before this table). What the indexer makes of them is compared with it.
CREATE TABLE recount.intake_session (
  account uuid NOT NULL,
  session uuid NOT NULL,
  first_seen_at timestamptz NOT NULL,
  node uuid,
  boot uuid,
  n bigint,
  PRIMARY KEY (account, session)
);
CREATE INDEX intake_session_by_time ON recount.intake_session (account, first_seen_at);
INSERT INTO recount.intake_session (account, session, first_seen_at)
SELECT account, session, first_received_at FROM recount.session;
GRANT SELECT, INSERT ON recount.intake_session TO recount_app;

-- What the SDK says that it captured on a page, beside what arrived of it. Derived with the session's summary.
CREATE TABLE recount.page_count (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  first_received_at timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  captured bigint NOT NULL,
  arrived bigint NOT NULL,
  dropped jsonb NOT NULL,
  difference bigint NOT NULL,
  cause text,
  PRIMARY KEY (account, session, page)
);
CREATE INDEX page_count_by_time ON recount.page_count (account, first_received_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON recount.page_count TO recount_app;

-- Every session is summarised again, so that its pages are counted.
INSERT INTO recount.session_due (account, session) SELECT account, session FROM recount.session;
