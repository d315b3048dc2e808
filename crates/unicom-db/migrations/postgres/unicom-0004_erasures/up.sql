-- An account that is gone has flowed into another one, or (NULL) it was erased: whatever is under way in its name is
-- refused then.
ALTER TABLE unicom_account_merges ALTER COLUMN to_account_id DROP NOT NULL;
