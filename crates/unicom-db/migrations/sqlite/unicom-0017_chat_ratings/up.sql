-- How a visitor has rated a chat: the last rating counts.
CREATE TABLE unicom_chat_ratings (
    chat_id TEXT NOT NULL PRIMARY KEY REFERENCES unicom_chats ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES unicom_accounts ON DELETE CASCADE,
    score INTEGER NOT NULL,
    comment TEXT,
    rated_at BIGINT NOT NULL
);

-- The ratings of one account, which its erasure deletes.
CREATE INDEX unicom_chat_ratings_account ON unicom_chat_ratings (account_id);
