DROP TRIGGER unicom_guest_files_gone;
DROP TRIGGER unicom_guest_files_changed;
DROP TRIGGER unicom_guest_files_sent;
DROP TABLE unicom_guest_files;
