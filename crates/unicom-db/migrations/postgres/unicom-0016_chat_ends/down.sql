ALTER TABLE unicom_chats DROP COLUMN ended_at;
