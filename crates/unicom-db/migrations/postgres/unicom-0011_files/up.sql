-- Files of messages that are fetched from the provider, and those that come after the file that is part of a message. `key`
-- is the file in the media store. While a file waits, `name`, `size` and `sha256` are what the provider says.
CREATE TABLE unicom_files (
    message_id UUID NOT NULL REFERENCES unicom_messages ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    reference JSON NOT NULL,
    key TEXT COLLATE "C",
    name TEXT,
    content_type TEXT,
    size BIGINT,
    sha256 TEXT,
    content_id TEXT,
    is_inline BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    due_at TIMESTAMPTZ,
    error TEXT,
    PRIMARY KEY (message_id, seq)
);
CREATE INDEX unicom_files_key ON unicom_files (key) WHERE key IS NOT NULL;
