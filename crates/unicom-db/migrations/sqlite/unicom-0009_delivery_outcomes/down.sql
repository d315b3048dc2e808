DROP TABLE unicom_channel_holds;
ALTER TABLE unicom_deliveries DROP COLUMN unknown_outcomes;
ALTER TABLE unicom_deliveries DROP COLUMN first_failed_at;
ALTER TABLE unicom_deliveries DROP COLUMN failures;
