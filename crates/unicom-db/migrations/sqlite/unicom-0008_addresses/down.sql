DROP TRIGGER unicom_provider_messages_sent;
DROP TRIGGER unicom_addresses_of_channels;
DROP TRIGGER unicom_addresses_of_chats;
DROP TRIGGER unicom_addresses_of_accounts;
DROP TABLE unicom_message_failures;
DROP TABLE unicom_message_edits;
DROP TABLE unicom_provider_messages;
DROP TABLE unicom_addresses;
