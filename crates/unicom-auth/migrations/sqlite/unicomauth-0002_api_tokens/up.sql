-- Tokens by which a user's programs use the interface without a session.

CREATE TABLE unicom_api_tokens (
    -- Never given again: the audit trail names tokens by it.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES unicom_users ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- SHA-256 of the token: who reads this table cannot use it.
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);

CREATE UNIQUE INDEX unicom_api_tokens_hash ON unicom_api_tokens (token_hash);
CREATE INDEX unicom_api_tokens_user ON unicom_api_tokens (user_id);
