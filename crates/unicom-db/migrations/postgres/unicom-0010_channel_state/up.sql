-- What the poller of a channel has to remember, such as the position up to which it has read.
CREATE TABLE unicom_channel_state (
    channel_id BIGINT NOT NULL REFERENCES unicom_channels ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    value JSON NOT NULL,
    PRIMARY KEY (channel_id, name)
);
