-- Files are few beside texts, and only they are in these: how much an account has sent, and whose a file is.
CREATE INDEX unicom_messages_media_sender ON unicom_messages (sender_id, media_size) WHERE media_key IS NOT NULL;
CREATE INDEX unicom_messages_media_key ON unicom_messages (media_key) WHERE media_key IS NOT NULL;
