DELETE FROM unicom_account_merges WHERE to_account_id IS NULL;
ALTER TABLE unicom_account_merges ALTER COLUMN to_account_id SET NOT NULL;
