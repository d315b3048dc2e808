-- Whether a person holds the chat or is waited for. No bot answers in it meanwhile.
ALTER TABLE unicom_chats ADD COLUMN is_held BOOLEAN NOT NULL DEFAULT FALSE;

-- Who answers in the chats that were ever taken from a bot or handed over by one.
CREATE TABLE unicom_chat_holders (
    chat_id TEXT NOT NULL PRIMARY KEY REFERENCES unicom_chats ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT,
    user_id TEXT,
    reason TEXT,
    summary TEXT,
    held_at BIGINT NOT NULL,
    change BIGINT NOT NULL
);

-- The chats of one person, which the erasure of the person looks for.
CREATE INDEX unicom_chat_holders_user ON unicom_chat_holders (user_id) WHERE user_id IS NOT NULL;
