DROP TABLE unicom_files;
DELETE FROM unicom_leases WHERE kind = 'files';
-- Earlier versions do not have these types.
UPDATE unicom_messages SET media_type = 'text' WHERE media_type IN ('file', 'video');
