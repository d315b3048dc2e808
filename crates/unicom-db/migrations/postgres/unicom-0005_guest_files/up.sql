-- How many bytes the files of all guests have together: the sum of these rows. Triggers add a row for each file that comes,
-- goes or gets another sender, and a write that is about to store a file merges the rows into one. If all of them changed a
-- single row, they would wait for each other while holding other locks, and deadlock. Summing up the messages would cost more
-- with every file. What is counted here is in the messages, so an export leaves it out, and an import counts it anew.

CREATE TABLE unicom_guest_files (
    bytes BIGINT NOT NULL
);
INSERT INTO unicom_guest_files (bytes)
    SELECT coalesce(sum(media_size), 0) FROM unicom_messages
    WHERE media_key IS NOT NULL AND starts_with(sender_id, 'webchat_guest_');

CREATE FUNCTION unicom_count_guest_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    difference BIGINT := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.media_key IS NOT NULL AND starts_with(OLD.sender_id, 'webchat_guest_') THEN
            difference := difference - coalesce(OLD.media_size, 0);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.media_key IS NOT NULL AND starts_with(NEW.sender_id, 'webchat_guest_') THEN
            difference := difference + coalesce(NEW.media_size, 0);
        END IF;
    END IF;
    IF difference <> 0 THEN
        INSERT INTO unicom_guest_files (bytes) VALUES (difference);
    END IF;
    RETURN NULL;
END;
$$;

-- The conditions keep messages without a file from paying for it.
CREATE TRIGGER unicom_guest_files_sent AFTER INSERT ON unicom_messages
    FOR EACH ROW WHEN (NEW.media_key IS NOT NULL)
    EXECUTE FUNCTION unicom_count_guest_files();
CREATE TRIGGER unicom_guest_files_changed AFTER UPDATE OF sender_id, media_key, media_size ON unicom_messages
    FOR EACH ROW WHEN (OLD.media_key IS NOT NULL OR NEW.media_key IS NOT NULL)
    EXECUTE FUNCTION unicom_count_guest_files();
CREATE TRIGGER unicom_guest_files_gone AFTER DELETE ON unicom_messages
    FOR EACH ROW WHEN (OLD.media_key IS NOT NULL)
    EXECUTE FUNCTION unicom_count_guest_files();
