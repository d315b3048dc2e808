-- An account that is gone has flowed into another one, or (NULL) it was erased: whatever is under way in its name is
-- refused then. SQLite cannot take a NOT NULL away, so the table is made anew.

CREATE TABLE unicom_account_merges_new (
    from_account_id TEXT NOT NULL PRIMARY KEY,
    to_account_id TEXT REFERENCES unicom_accounts ON DELETE CASCADE,
    merged_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO unicom_account_merges_new (from_account_id, to_account_id, merged_at)
    SELECT from_account_id, to_account_id, merged_at FROM unicom_account_merges;
DROP TABLE unicom_account_merges;
ALTER TABLE unicom_account_merges_new RENAME TO unicom_account_merges;
CREATE INDEX unicom_account_merges_to ON unicom_account_merges (to_account_id);
