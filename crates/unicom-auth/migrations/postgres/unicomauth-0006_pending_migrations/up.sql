-- Guests whose chats could not be moved to the user's account at login yet.

ALTER TABLE unicom_owed_histories RENAME TO unicom_pending_migrations;
ALTER TABLE unicom_pending_migrations RENAME COLUMN owed_since TO pending_since;
ALTER INDEX unicom_owed_histories_user RENAME TO unicom_pending_migrations_user;
ALTER INDEX unicom_owed_histories_pkey RENAME TO unicom_pending_migrations_pkey;
ALTER TABLE unicom_pending_migrations
    RENAME CONSTRAINT unicom_owed_histories_user_id_fkey TO unicom_pending_migrations_user_id_fkey;
