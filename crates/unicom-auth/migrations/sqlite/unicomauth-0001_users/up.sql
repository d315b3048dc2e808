-- The bundled server's users and sessions. A host with users of its own does without.

CREATE TABLE unicom_users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    username TEXT NOT NULL,
    -- The username in lower case: two names that differ in case only are one.
    username_key TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT,
    email_verified BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    is_staff BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login_at BIGINT
);

CREATE UNIQUE INDEX unicom_users_username ON unicom_users (username_key);

CREATE TABLE unicom_sessions (
    -- SHA-256 of the cookie's secret: who reads this table cannot use a session.
    key_hash TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    user_id BIGINT REFERENCES unicom_users ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX unicom_sessions_user ON unicom_sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX unicom_sessions_expiry ON unicom_sessions (expires_at);
