-- What belongs to the installation beside its id. The table has had no row before: nothing wrote it.
ALTER TABLE recount.installation
  ADD COLUMN created_at timestamptz NOT NULL,
  ADD COLUMN signing_key_id bytea NOT NULL,
  ADD COLUMN public_key text NOT NULL;
