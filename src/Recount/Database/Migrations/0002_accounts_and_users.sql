-- Accounts (tenants), the people who sign in, and which account they belong to with which role.

CREATE TABLE recount.account (
  account    uuid PRIMARY KEY,
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL
);

CREATE TABLE recount.app_user (
  user_id             uuid PRIMARY KEY,
  name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  normalized_name     text NOT NULL UNIQUE,
  password_hash       text,
  -- Changes with the password, so that a cookie from before is worth nothing.
  security_stamp      text NOT NULL,
  lockout_end         timestamptz,
  lockout_enabled     boolean NOT NULL,
  access_failed_count integer NOT NULL,
  -- May run the installation: engines, health, every account's budgets. Not a role in an account.
  is_operator         boolean NOT NULL,
  created_at          timestamptz NOT NULL
);

CREATE TABLE recount.member (
  account    uuid NOT NULL REFERENCES recount.account,
  user_id    uuid NOT NULL REFERENCES recount.app_user,
  role       text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account, user_id)
);
CREATE INDEX member_by_user ON recount.member (user_id);

-- One row per sign-in, so that signing out ends a copied cookie too.
CREATE TABLE recount.sign_in (
  sign_in    uuid PRIMARY KEY,
  account    uuid NOT NULL,
  user_id    uuid NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at   timestamptz,
  FOREIGN KEY (account, user_id) REFERENCES recount.member (account, user_id)
);
CREATE INDEX sign_in_open ON recount.sign_in (user_id) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON recount.account TO recount_app;
GRANT SELECT, INSERT, UPDATE ON recount.app_user TO recount_app;
GRANT SELECT, INSERT, UPDATE ON recount.member TO recount_app;
GRANT SELECT, INSERT, UPDATE ON recount.sign_in TO recount_app;
