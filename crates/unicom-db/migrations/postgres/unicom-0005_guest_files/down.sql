DROP TRIGGER unicom_guest_files_gone ON unicom_messages;
DROP TRIGGER unicom_guest_files_changed ON unicom_messages;
DROP TRIGGER unicom_guest_files_sent ON unicom_messages;
DROP FUNCTION unicom_count_guest_files();
DROP TABLE unicom_guest_files;
