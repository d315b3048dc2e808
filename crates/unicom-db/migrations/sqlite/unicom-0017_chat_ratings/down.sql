DROP TABLE unicom_chat_ratings;
