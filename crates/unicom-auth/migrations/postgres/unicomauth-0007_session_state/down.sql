UPDATE unicom_sessions SET state = (
    SELECT json_object_agg(
        CASE key WHEN 'has_pending_migration' THEN 'owes_history' ELSE key END,
        value::text
    )
    FROM (
        SELECT * FROM json_each(state)
        UNION ALL SELECT 'session_key', to_json(session_key)
        UNION ALL SELECT 'user_id', to_json(user_id::text) WHERE user_id IS NOT NULL
    ) AS entries
);
