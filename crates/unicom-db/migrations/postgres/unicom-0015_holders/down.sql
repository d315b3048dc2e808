DROP TABLE unicom_chat_holders;
ALTER TABLE unicom_chats DROP COLUMN is_held;
