-- What players could not play: one row for a block and cause, however often it is watched.

CREATE TABLE recount.replay_report (
  account uuid NOT NULL,
  session uuid NOT NULL,
  page uuid NOT NULL,
  address text NOT NULL,
  cause text NOT NULL,
  detail text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  times bigint NOT NULL,
  PRIMARY KEY (account, session, page, address, cause)
);

GRANT SELECT, INSERT ON recount.replay_report TO recount_app;
GRANT UPDATE (last_at, times) ON recount.replay_report TO recount_app;
