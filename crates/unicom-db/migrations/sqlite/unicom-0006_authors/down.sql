DROP INDEX unicom_messages_author;
