-- Frames of accounts that send more than their share of inflating: indexed later, account by account. They are accepted
-- and pending; their intake object is not released before they left.
CREATE TABLE recount.deferred_frame (
  node uuid NOT NULL,
  boot uuid NOT NULL,
  n bigint NOT NULL,
  frame integer NOT NULL,
  account uuid NOT NULL,
  frame_offset bigint NOT NULL,
  frame_length integer NOT NULL,
  received_at_micros bigint NOT NULL,
  PRIMARY KEY (node, boot, n, frame)
);
CREATE INDEX deferred_frame_by_account ON recount.deferred_frame (account, received_at_micros);
GRANT SELECT, INSERT, DELETE ON recount.deferred_frame TO recount_app;
