CREATE TABLE unicom_account_merges_old (
    from_account_id TEXT NOT NULL PRIMARY KEY,
    to_account_id TEXT NOT NULL REFERENCES unicom_accounts ON DELETE CASCADE,
    merged_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO unicom_account_merges_old (from_account_id, to_account_id, merged_at)
    SELECT from_account_id, to_account_id, merged_at FROM unicom_account_merges WHERE to_account_id IS NOT NULL;
DROP TABLE unicom_account_merges;
ALTER TABLE unicom_account_merges_old RENAME TO unicom_account_merges;
CREATE INDEX unicom_account_merges_to ON unicom_account_merges (to_account_id);
