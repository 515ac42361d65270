-- How many numbers a boot of a node used at least, from what is left of it in the intake: what its last file says, and
-- the closing siblings of objects. A number below that was never counted is an object that vanished before anybody saw
-- it. Kept when the boot itself is cleaned away.
CREATE TABLE recount.intake_boot (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  objects bigint NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (node, boot, objects)
);
GRANT SELECT, INSERT ON recount.intake_boot TO recount_app;
