-- When the chat was ended. The next message of a visitor reopens it.
ALTER TABLE unicom_chats ADD COLUMN ended_at BIGINT;
