/**
 * Steps that bring a store of any earlier version up to date; `user_version` counts those that were taken. A step that was released
 * is never changed. Columns for metrics are added by the history itself, from the catalogue.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE node_state (id TEXT PRIMARY KEY, state TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE history_node (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
  CREATE TABLE sample (node INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (node, at)) WITHOUT ROWID;
  CREATE TABLE session (
    hash BLOB PRIMARY KEY,
    since INTEGER NOT NULL,
    expires INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE join_token (
    id BLOB PRIMARY KEY,
    secret BLOB NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE join_grant (
    token BLOB NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    certificate BLOB NOT NULL,
    PRIMARY KEY (token, subject)
  ) WITHOUT ROWID
  `,
  'ALTER TABLE join_token ADD COLUMN membership_ttl INTEGER',
]
