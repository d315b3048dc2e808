-- Guests whose chats could not be moved to the user's account at login yet.

ALTER TABLE unicom_owed_histories RENAME TO unicom_pending_migrations;
ALTER TABLE unicom_pending_migrations RENAME COLUMN owed_since TO pending_since;
DROP INDEX unicom_owed_histories_user;
CREATE INDEX unicom_pending_migrations_user ON unicom_pending_migrations (user_id);
