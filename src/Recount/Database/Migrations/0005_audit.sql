-- Who changed what. Insert-only: the runtime role may neither change nor delete an entry.

CREATE TABLE recount.audit_entry (
  entry   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  account uuid NOT NULL REFERENCES recount.account,
  actor   text NOT NULL,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL
);
CREATE INDEX audit_entry_of_account ON recount.audit_entry (account, entry DESC);

GRANT SELECT, INSERT ON recount.audit_entry TO recount_app;
