DROP TRIGGER unicom_addresses_of_channels ON unicom_channels;
DROP TRIGGER unicom_addresses_of_chats ON unicom_chats;
DROP TRIGGER unicom_addresses_of_accounts ON unicom_accounts;
DROP FUNCTION unicom_delete_addresses();
DROP TABLE unicom_message_failures;
DROP TABLE unicom_message_edits;
DROP TABLE unicom_provider_messages;
DROP TABLE unicom_addresses;
