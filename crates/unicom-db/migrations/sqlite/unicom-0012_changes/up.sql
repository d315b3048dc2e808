-- Each change in a chat has the next number of the chat. A rewritten chat, which readers have to read again, has a new epoch.
ALTER TABLE unicom_chats ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE unicom_chats ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;

-- The number of the last change of a message after it was stored. New messages are found by their times.
ALTER TABLE unicom_messages ADD COLUMN change BIGINT;
CREATE INDEX unicom_messages_change ON unicom_messages (chat_id, change) WHERE change IS NOT NULL;

-- Messages that were deleted from chats that were not rewritten, without their content.
CREATE TABLE unicom_deleted_messages (
    chat_id TEXT NOT NULL REFERENCES unicom_chats ON DELETE CASCADE,
    change BIGINT NOT NULL,
    message_id BLOB NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, change)
) WITHOUT ROWID;

-- How far a participant has got and read the messages of a chat: the times of the newest ones.
CREATE TABLE unicom_read_positions (
    chat_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    delivered_message_at BIGINT,
    read_message_at BIGINT,
    change BIGINT NOT NULL,
    PRIMARY KEY (chat_id, account_id),
    FOREIGN KEY (account_id, chat_id) REFERENCES unicom_account_chats (account_id, chat_id)
        ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
