-- The runtime role sees the schema and nothing in it; each migration grants it what it may do on each table it creates.
REVOKE ALL ON SCHEMA recount FROM PUBLIC;
GRANT USAGE ON SCHEMA recount TO recount_app;
GRANT SELECT ON recount.migration TO recount_app;

-- Which installation this database belongs to, and which database of that installation it is: a database that was
-- rebuilt has the same installation and another database_id. One row, written once.
CREATE TABLE recount.installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL,
  database_id uuid NOT NULL DEFAULT gen_random_uuid()
);
GRANT SELECT, INSERT ON recount.installation TO recount_app;
