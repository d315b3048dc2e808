DROP TABLE unicom_channel_holds;
ALTER TABLE unicom_deliveries DROP COLUMN unknown_outcomes;
ALTER TABLE unicom_deliveries DROP COLUMN failing_since;
ALTER TABLE unicom_deliveries DROP COLUMN failures;
