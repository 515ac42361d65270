-- Tokens of programs. Only the hash is kept; the prefix is what a person recognises a token by.

CREATE TABLE recount.api_token (
  token        uuid PRIMARY KEY,
  account      uuid NOT NULL REFERENCES recount.account,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  role         text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  prefix       text NOT NULL,
  hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX api_token_of_account ON recount.api_token (account, created_at);

GRANT SELECT, INSERT, UPDATE ON recount.api_token TO recount_app;
