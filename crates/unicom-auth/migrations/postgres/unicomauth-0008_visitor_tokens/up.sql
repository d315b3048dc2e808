-- Tokens of visitors of other sites that were revoked before they expired: one token by its id, or
-- all tokens of an account.

CREATE TABLE unicom_revoked_visitor_tokens (
    subject TEXT NOT NULL PRIMARY KEY,
    revoked_at TIMESTAMPTZ NOT NULL,
    -- When no token of the subject can be valid any more.
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX unicom_revoked_visitor_tokens_expiry ON unicom_revoked_visitor_tokens (expires_at);
