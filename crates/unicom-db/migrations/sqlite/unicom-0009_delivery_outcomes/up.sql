-- What earlier attempts of a delivery led to, since a person last put it back into the queue: how many failed, since when, and
-- of how many the outcome is unknown.
ALTER TABLE unicom_deliveries ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unicom_deliveries ADD COLUMN first_failed_at BIGINT;
ALTER TABLE unicom_deliveries ADD COLUMN unknown_outcomes INTEGER NOT NULL DEFAULT 0;

-- Channels whose deliveries wait, because their provider is busy or the channel does not work.
CREATE TABLE unicom_channel_holds (
    channel_id BIGINT NOT NULL PRIMARY KEY REFERENCES unicom_channels ON DELETE CASCADE,
    ends_at BIGINT NOT NULL,
    reason TEXT NOT NULL
);
