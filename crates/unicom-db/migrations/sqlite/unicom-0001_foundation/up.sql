-- The tables of unicom. Names begin with `unicom_`, since a host may keep its own beside them.
-- Times are microseconds since 1970 in UTC, ids made by unicom are UUIDs of 16 bytes.

CREATE TABLE unicom_channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    config TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    error TEXT,
    confirmed_webhook_url TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_members (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    user_id TEXT,
    email TEXT,
    email_verified BOOLEAN NOT NULL,
    phone TEXT,
    phone_verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_member_groups (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_group_members (
    group_id BLOB NOT NULL REFERENCES unicom_member_groups ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES unicom_members ON DELETE CASCADE,
    PRIMARY KEY (group_id, member_id)
) WITHOUT ROWID;

CREATE TABLE unicom_request_categories (
    id BLOB NOT NULL PRIMARY KEY,
    parent_id BLOB REFERENCES unicom_request_categories ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    public BOOLEAN NOT NULL,
    matcher TEXT,
    bot TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_category_channels (
    category_id BLOB NOT NULL REFERENCES unicom_request_categories ON DELETE CASCADE,
    channel_id BIGINT NOT NULL REFERENCES unicom_channels ON DELETE CASCADE,
    PRIMARY KEY (category_id, channel_id)
) WITHOUT ROWID;

CREATE TABLE unicom_category_members (
    category_id BLOB NOT NULL REFERENCES unicom_request_categories ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES unicom_members ON DELETE CASCADE,
    PRIMARY KEY (category_id, member_id)
) WITHOUT ROWID;

CREATE TABLE unicom_category_groups (
    category_id BLOB NOT NULL REFERENCES unicom_request_categories ON DELETE CASCADE,
    group_id BLOB NOT NULL REFERENCES unicom_member_groups ON DELETE CASCADE,
    PRIMARY KEY (category_id, group_id)
) WITHOUT ROWID;

CREATE TABLE unicom_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    platform TEXT NOT NULL,
    channel_id BIGINT NOT NULL REFERENCES unicom_channels ON DELETE RESTRICT,
    name TEXT NOT NULL,
    is_bot BOOLEAN NOT NULL,
    blocked BOOLEAN NOT NULL,
    member_id BLOB REFERENCES unicom_members ON DELETE SET NULL,
    default_category_id BLOB REFERENCES unicom_request_categories ON DELETE SET NULL,
    raw TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_account_merges (
    from_account_id TEXT NOT NULL PRIMARY KEY,
    to_account_id TEXT NOT NULL REFERENCES unicom_accounts ON DELETE CASCADE,
    merged_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE unicom_chats (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES unicom_channels ON DELETE RESTRICT,
    platform TEXT NOT NULL,
    name TEXT,
    is_private BOOLEAN NOT NULL,
    is_archived BOOLEAN NOT NULL,
    metadata TEXT NOT NULL,
    first_message_id BLOB,
    first_incoming_message_id BLOB,
    first_outgoing_message_id BLOB,
    last_message_id BLOB,
    last_incoming_message_id BLOB,
    last_outgoing_message_id BLOB,
    last_activity_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unicom_account_chats (
    account_id TEXT NOT NULL REFERENCES unicom_accounts ON DELETE CASCADE,
    chat_id TEXT NOT NULL REFERENCES unicom_chats ON DELETE CASCADE,
    unread_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chat_id)
) WITHOUT ROWID;

-- No reference to the account or the channel: the chat has them, and checking each on every insert and
-- delete would cost an index more. Code that deletes an account moves or deletes its messages first.
CREATE TABLE unicom_messages (
    id BLOB NOT NULL PRIMARY KEY,
    chat_id TEXT NOT NULL REFERENCES unicom_chats ON DELETE CASCADE,
    channel_id BIGINT NOT NULL,
    sender_id TEXT,
    sender_name TEXT NOT NULL,
    user_id TEXT,
    direction TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    text TEXT NOT NULL,
    html TEXT,
    subject TEXT,
    media_type TEXT NOT NULL,
    media_key TEXT,
    media_name TEXT,
    media_content_type TEXT,
    media_size BIGINT,
    media_sha256 TEXT,
    reply_to_message_id BLOB REFERENCES unicom_messages ON DELETE SET NULL,
    provider_message_id TEXT,
    client_message_id TEXT,
    interactive_buttons TEXT,
    sent_at BIGINT,
    delivered_at BIGINT,
    seen_at BIGINT,
    raw TEXT NOT NULL
);

-- Its chat and channel are those of its message, which takes it along when it goes.
CREATE TABLE unicom_requests (
    id BLOB NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL REFERENCES unicom_messages ON DELETE CASCADE,
    chat_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES unicom_accounts ON DELETE CASCADE,
    channel_id BIGINT NOT NULL,
    member_id BLOB REFERENCES unicom_members ON DELETE SET NULL,
    category_id BLOB REFERENCES unicom_request_categories ON DELETE SET NULL,
    status TEXT NOT NULL,
    display_text TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    error TEXT,
    metadata TEXT NOT NULL,
    parent_request_id BLOB REFERENCES unicom_requests ON DELETE SET NULL,
    initial_request_id BLOB REFERENCES unicom_requests ON DELETE SET NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    pending_at BIGINT,
    identifying_at BIGINT,
    categorizing_at BIGINT,
    category_list_sent_at BIGINT,
    queued_at BIGINT,
    processing_at BIGINT,
    completed_at BIGINT,
    failed_at BIGINT
);

CREATE TABLE unicom_deliveries (
    message_id BLOB NOT NULL PRIMARY KEY REFERENCES unicom_messages ON DELETE CASCADE,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT,
    error TEXT,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX unicom_members_user ON unicom_members (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX unicom_members_email ON unicom_members (email) WHERE email IS NOT NULL;
CREATE INDEX unicom_members_phone ON unicom_members (phone) WHERE phone IS NOT NULL;
CREATE UNIQUE INDEX unicom_member_groups_name ON unicom_member_groups (name);
CREATE INDEX unicom_accounts_member ON unicom_accounts (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX unicom_account_merges_to ON unicom_account_merges (to_account_id);
CREATE INDEX unicom_account_chats_chat ON unicom_account_chats (chat_id);
-- A page of a chat is a range of this index; the cursor is (timestamp, id).
CREATE INDEX unicom_messages_page ON unicom_messages (chat_id, timestamp, id);
-- Sending again under the same name is safe: the second insert has no place.
CREATE UNIQUE INDEX unicom_messages_client ON unicom_messages (sender_id, client_message_id) WHERE client_message_id IS NOT NULL;
CREATE INDEX unicom_messages_reply ON unicom_messages (reply_to_message_id) WHERE reply_to_message_id IS NOT NULL;
CREATE UNIQUE INDEX unicom_requests_message ON unicom_requests (message_id);
CREATE INDEX unicom_requests_account ON unicom_requests (account_id);
CREATE INDEX unicom_requests_status ON unicom_requests (status, created_at, id);
CREATE INDEX unicom_requests_parent ON unicom_requests (parent_request_id) WHERE parent_request_id IS NOT NULL;
CREATE INDEX unicom_requests_initial ON unicom_requests (initial_request_id) WHERE initial_request_id IS NOT NULL;
-- The queue: what is not finished, by when it may be claimed, and in the order of each chat.
CREATE INDEX unicom_requests_due ON unicom_requests (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX unicom_requests_open ON unicom_requests (chat_id, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX unicom_deliveries_due ON unicom_deliveries (due_at, message_id) WHERE due_at IS NOT NULL;
