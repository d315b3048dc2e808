DROP TABLE unicom_read_positions;
DROP TABLE unicom_deleted_messages;
DROP INDEX unicom_messages_change;
ALTER TABLE unicom_messages DROP COLUMN change;
ALTER TABLE unicom_chats DROP COLUMN epoch;
ALTER TABLE unicom_chats DROP COLUMN change;
