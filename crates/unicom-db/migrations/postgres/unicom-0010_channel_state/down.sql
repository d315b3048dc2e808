DROP TABLE unicom_channel_state;
DELETE FROM unicom_leases WHERE kind = 'poller';
