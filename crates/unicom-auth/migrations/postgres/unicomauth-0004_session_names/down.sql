DROP INDEX unicom_sessions_session_key;
ALTER TABLE unicom_sessions DROP COLUMN session_key;
