DROP TABLE unicom_message_details;
