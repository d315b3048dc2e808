-- How many bytes the files of all guests have together: one row, which triggers keep right, however messages come, go or
-- get another sender. Summing up the messages would cost more with every file. What is counted here is in the messages, so
-- an export leaves it out, and an import counts it anew.

CREATE TABLE unicom_guest_files (
    bytes BIGINT NOT NULL
);
INSERT INTO unicom_guest_files (bytes)
    SELECT coalesce(sum(media_size), 0) FROM unicom_messages
    WHERE media_key IS NOT NULL AND sender_id GLOB 'webchat_guest_*';

CREATE TRIGGER unicom_guest_files_sent AFTER INSERT ON unicom_messages
WHEN NEW.media_key IS NOT NULL AND NEW.sender_id GLOB 'webchat_guest_*'
BEGIN
    UPDATE unicom_guest_files SET bytes = bytes + coalesce(NEW.media_size, 0);
END;

CREATE TRIGGER unicom_guest_files_changed AFTER UPDATE OF sender_id, media_key, media_size ON unicom_messages
WHEN OLD.media_key IS NOT NULL OR NEW.media_key IS NOT NULL
BEGIN
    UPDATE unicom_guest_files SET bytes = bytes
        - CASE WHEN OLD.media_key IS NOT NULL AND OLD.sender_id GLOB 'webchat_guest_*'
            THEN coalesce(OLD.media_size, 0) ELSE 0 END
        + CASE WHEN NEW.media_key IS NOT NULL AND NEW.sender_id GLOB 'webchat_guest_*'
            THEN coalesce(NEW.media_size, 0) ELSE 0 END;
END;

CREATE TRIGGER unicom_guest_files_gone AFTER DELETE ON unicom_messages
WHEN OLD.media_key IS NOT NULL AND OLD.sender_id GLOB 'webchat_guest_*'
BEGIN
    UPDATE unicom_guest_files SET bytes = bytes - coalesce(OLD.media_size, 0);
END;
