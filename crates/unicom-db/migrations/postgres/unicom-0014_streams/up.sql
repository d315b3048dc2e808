-- Replies that bots are writing, as far as they are stored: at most one for each chat. `id` is the id that the finished
-- message gets. A row belongs to one attempt at a request, and is deleted when the attempt ends.
CREATE TABLE unicom_streams (
    chat_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES unicom_chats ON DELETE CASCADE,
    id UUID NOT NULL,
    request_id UUID NOT NULL REFERENCES unicom_requests ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    text TEXT NOT NULL,
    is_stop_requested BOOLEAN NOT NULL DEFAULT false,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX unicom_streams_id ON unicom_streams (id);
CREATE UNIQUE INDEX unicom_streams_request ON unicom_streams (request_id);
