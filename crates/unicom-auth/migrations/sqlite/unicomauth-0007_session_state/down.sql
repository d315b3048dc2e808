UPDATE unicom_sessions SET state = json_patch(
    json_object(
        'session_key', json_quote(session_key) || '',
        'user_id', iif(user_id IS NULL, NULL, json_quote(CAST(user_id AS TEXT)) || '')
    ),
    (
        SELECT json_group_object(
            CASE key WHEN 'has_pending_migration' THEN 'owes_history' ELSE key END,
            iif(type = 'true', 'true', json_quote(value) || '')
        )
        FROM json_each(state)
    )
);
UPDATE unicom_sessions SET state = json_remove(state, '$.user_id') WHERE user_id IS NULL;
