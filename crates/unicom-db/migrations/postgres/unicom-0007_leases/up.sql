-- One queue for all work: a row for each chat with requests, for each with deliveries and so on. It is due when `due_at` is
-- set and has passed; while it is claimed, that is when the claim expires. `claim` numbers the claims, and `asked` counts how
-- often work was added, so that the end of a claim notices work that was added meanwhile.

CREATE TABLE unicom_leases (
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    due_at TIMESTAMPTZ,
    claim BIGINT NOT NULL DEFAULT 0,
    asked BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX unicom_leases_due ON unicom_leases (kind, due_at) WHERE due_at IS NOT NULL;

-- A chat is due when its first request or delivery is: those behind it wait for its next attempt, its claim or its later answer.
INSERT INTO unicom_leases (kind, key, due_at, asked)
    SELECT 'requests', chat_id, due_at, 1 FROM (
        SELECT chat_id, due_at, row_number() OVER (PARTITION BY chat_id ORDER BY created_at, id) AS place
        FROM unicom_requests WHERE due_at IS NOT NULL
    ) AS open WHERE place = 1;

INSERT INTO unicom_leases (kind, key, due_at, asked)
    SELECT 'deliveries', chat_id, due_at, 1 FROM (
        SELECT chat_id, due_at, row_number() OVER (PARTITION BY chat_id ORDER BY written_at, message_id) AS place
        FROM unicom_deliveries WHERE due_at IS NOT NULL
    ) AS open WHERE place = 1;

-- Requests and deliveries are found through the lease of their chat.
DROP INDEX unicom_requests_due;
DROP INDEX unicom_deliveries_due;

CREATE FUNCTION unicom_delete_leases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM unicom_leases WHERE kind IN ('requests', 'deliveries') AND key = OLD.id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER unicom_leases_of_chats AFTER DELETE ON unicom_chats
    FOR EACH ROW EXECUTE FUNCTION unicom_delete_leases();
