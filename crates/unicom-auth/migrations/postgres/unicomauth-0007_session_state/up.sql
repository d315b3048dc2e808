-- The state of a session is plain JSON: before, each value was JSON in a string. The owner is in the
-- columns `session_key` and `user_id` only. A session without a public name cannot be used.

DELETE FROM unicom_sessions WHERE session_key IS NULL;
UPDATE unicom_sessions SET state = (
    SELECT json_object_agg(
        CASE key WHEN 'owes_history' THEN 'has_pending_migration' ELSE key END,
        value::json
    )
    FROM json_each_text(state)
    WHERE key IN ('csrf_nonce', 'owes_history', 'user_agent')
);
