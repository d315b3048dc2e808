-- Bots that are configured and not compiled in, the trail of what staff did, and what the request flow keeps.

CREATE TABLE unicom_bots (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    config JSON NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE unicom_audit (
    id UUID NOT NULL PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details JSON NOT NULL
);

ALTER TABLE unicom_requests ADD COLUMN llm_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unicom_requests ADD COLUMN llm_tokens BIGINT NOT NULL DEFAULT 0;
-- Attempts made before it was last put back into the queue: they no longer count, and their numbers are not used again.
ALTER TABLE unicom_requests ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
-- SHA-256 of the token by which a program may answer this attempt.
ALTER TABLE unicom_requests ADD COLUMN reply_token_hash TEXT;

-- Deliveries of one chat go in order; as with requests, their attempts may begin anew.
ALTER TABLE unicom_deliveries ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unicom_deliveries ADD COLUMN chat_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE unicom_deliveries ADD COLUMN written_at TIMESTAMPTZ NOT NULL DEFAULT 'epoch';
UPDATE unicom_deliveries SET
    chat_id = (SELECT chat_id FROM unicom_messages WHERE id = message_id),
    written_at = (SELECT timestamp FROM unicom_messages WHERE id = message_id);

CREATE INDEX unicom_deliveries_open ON unicom_deliveries (chat_id, written_at, message_id) WHERE due_at IS NOT NULL;
CREATE INDEX unicom_audit_at ON unicom_audit (created_at, id);
-- Siblings are asked in the order of their sequence; those without a parent are siblings too.
CREATE UNIQUE INDEX unicom_request_categories_sequence ON unicom_request_categories (COALESCE(parent_id, '00000000-0000-0000-0000-000000000000'), sequence);
CREATE INDEX unicom_group_members_member ON unicom_group_members (member_id);
CREATE INDEX unicom_category_members_member ON unicom_category_members (member_id);
CREATE INDEX unicom_category_groups_group ON unicom_category_groups (group_id);
CREATE INDEX unicom_requests_category ON unicom_requests (category_id) WHERE category_id IS NOT NULL;
CREATE INDEX unicom_requests_member ON unicom_requests (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX unicom_deliveries_status ON unicom_deliveries (status, updated_at, message_id);
-- Staff see every chat, the latest activity first.
CREATE INDEX unicom_chats_activity ON unicom_chats (last_activity_at, id);
