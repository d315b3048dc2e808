-- What few messages have: an author that is not the usual one of such messages, and the measures of a file.
CREATE TABLE unicom_message_details (
    message_id UUID NOT NULL PRIMARY KEY REFERENCES unicom_messages ON DELETE CASCADE,
    author TEXT,
    media_width INTEGER,
    media_height INTEGER,
    media_duration_ms BIGINT
);
