-- Addresses: the ids by which providers know accounts and chats. `scope` is the id of a channel, or empty if the address is
-- the same on all channels of the platform. `target` is the id of an account if `kind` is `account`, and otherwise that of
-- a chat. Of several addresses of a target, messages go to the current one.

CREATE TABLE unicom_addresses (
    platform TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    is_current BOOLEAN NOT NULL,
    assigned_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (platform, scope, kind, address)
);
CREATE INDEX unicom_addresses_target ON unicom_addresses (target);

-- The ids that providers gave messages. A long message may be sent in several parts, each with its own id.
CREATE TABLE unicom_provider_messages (
    channel_id BIGINT NOT NULL REFERENCES unicom_channels ON DELETE CASCADE,
    provider_id TEXT COLLATE "C" NOT NULL,
    message_id UUID NOT NULL REFERENCES unicom_messages ON DELETE CASCADE,
    part INTEGER NOT NULL,
    PRIMARY KEY (channel_id, provider_id)
);
CREATE INDEX unicom_provider_messages_message ON unicom_provider_messages (message_id);

-- What edited messages said before.
CREATE TABLE unicom_message_edits (
    message_id UUID NOT NULL REFERENCES unicom_messages ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    html TEXT,
    edited_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (message_id, revision)
);

-- Why providers could not deliver messages that they had accepted.
CREATE TABLE unicom_message_failures (
    message_id UUID NOT NULL PRIMARY KEY REFERENCES unicom_messages ON DELETE CASCADE,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL
);

CREATE FUNCTION unicom_delete_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'unicom_accounts' THEN
            DELETE FROM unicom_addresses WHERE target = OLD.id AND kind = 'account';
        WHEN 'unicom_chats' THEN
            DELETE FROM unicom_addresses WHERE target = OLD.id AND kind <> 'account';
        ELSE
            DELETE FROM unicom_addresses WHERE platform = OLD.platform AND scope = OLD.id::text;
    END CASE;
    RETURN NULL;
END;
$$;
CREATE TRIGGER unicom_addresses_of_accounts AFTER DELETE ON unicom_accounts
    FOR EACH ROW EXECUTE FUNCTION unicom_delete_addresses();
CREATE TRIGGER unicom_addresses_of_chats AFTER DELETE ON unicom_chats
    FOR EACH ROW EXECUTE FUNCTION unicom_delete_addresses();
CREATE TRIGGER unicom_addresses_of_channels AFTER DELETE ON unicom_channels
    FOR EACH ROW EXECUTE FUNCTION unicom_delete_addresses();

-- Until now, the address was the end of the id: `{platform}_{address}`, and `{platform}_{channel}_{address}` for chats.
-- Readers of WebChat read from this database and have no addresses.
INSERT INTO unicom_addresses (platform, scope, kind, address, target, is_current, assigned_at)
    SELECT platform, '', 'account', substr(id, length(platform) + 2), id, TRUE, created_at FROM unicom_accounts
    WHERE platform <> 'WebChat' AND substr(id, 1, length(platform) + 1) = lower(platform) || '_'
        AND length(id) > length(platform) + 1
    ON CONFLICT DO NOTHING;
INSERT INTO unicom_addresses (platform, scope, kind, address, target, is_current, assigned_at)
    SELECT platform, channel_id::text, 'chat', substr(id, length(platform) + length(channel_id::text) + 3), id, TRUE, created_at
    FROM unicom_chats
    WHERE platform <> 'WebChat'
        AND substr(id, 1, length(platform) + length(channel_id::text) + 2) = lower(platform) || '_' || channel_id || '_'
        AND length(id) > length(platform) + length(channel_id::text) + 2
    ON CONFLICT DO NOTHING;
INSERT INTO unicom_addresses (platform, scope, kind, address, target, is_current, assigned_at)
    SELECT platform, channel_id::text, 'chat', substr(id, length(platform) + 2), id, TRUE, created_at FROM unicom_chats
    WHERE platform <> 'WebChat' AND substr(id, 1, length(platform) + 1) = lower(platform) || '_'
        AND length(id) > length(platform) + 1
        AND NOT EXISTS (SELECT 1 FROM unicom_addresses WHERE target = unicom_chats.id AND kind = 'chat')
    ON CONFLICT DO NOTHING;
-- Another id is the address itself.
INSERT INTO unicom_addresses (platform, scope, kind, address, target, is_current, assigned_at)
    SELECT platform, '', 'account', id, id, TRUE, created_at FROM unicom_accounts
    WHERE platform <> 'WebChat'
        AND NOT EXISTS (SELECT 1 FROM unicom_addresses WHERE target = unicom_accounts.id AND kind = 'account')
    ON CONFLICT DO NOTHING;
INSERT INTO unicom_addresses (platform, scope, kind, address, target, is_current, assigned_at)
    SELECT platform, channel_id::text, 'chat', id, id, TRUE, created_at FROM unicom_chats
    WHERE platform <> 'WebChat'
        AND NOT EXISTS (SELECT 1 FROM unicom_addresses WHERE target = unicom_chats.id AND kind = 'chat')
    ON CONFLICT DO NOTHING;

-- Until now, platforms also gave the ids of messages that they received as `client_message_id`.
INSERT INTO unicom_provider_messages (channel_id, provider_id, message_id, part)
    SELECT channel_id, coalesce(provider_message_id, client_message_id), id, 0 FROM unicom_messages
    WHERE (provider_message_id IS NOT NULL OR client_message_id IS NOT NULL AND direction = 'incoming')
        AND channel_id IN (SELECT id FROM unicom_channels WHERE platform <> 'WebChat')
    ORDER BY timestamp
    ON CONFLICT DO NOTHING;
