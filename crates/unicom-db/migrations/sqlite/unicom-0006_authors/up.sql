-- What a user wrote to others as an admin, to remove the name when the user is erased. Visitors' messages have a user too,
-- and are not in it.
CREATE INDEX unicom_messages_author ON unicom_messages (user_id, chat_id)
    WHERE user_id IS NOT NULL AND direction <> 'incoming';
