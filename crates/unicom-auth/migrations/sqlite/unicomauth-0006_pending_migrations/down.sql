DROP INDEX unicom_pending_migrations_user;
ALTER TABLE unicom_pending_migrations RENAME COLUMN pending_since TO owed_since;
ALTER TABLE unicom_pending_migrations RENAME TO unicom_owed_histories;
CREATE INDEX unicom_owed_histories_user ON unicom_owed_histories (user_id);
