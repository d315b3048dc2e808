-- The session's public name, which stands in `state` as well: by it, all sessions of a guest end
-- together. NULL if the state has none.

ALTER TABLE unicom_sessions ADD COLUMN session_key TEXT;

-- Names are JSON strings within `state`, of hexadecimal digits: nothing in them is escaped.
UPDATE unicom_sessions SET session_key = trim(state ->> 'session_key', '"');

CREATE INDEX unicom_sessions_session_key ON unicom_sessions (session_key) WHERE session_key IS NOT NULL;
