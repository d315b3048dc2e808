DROP TRIGGER unicom_leases_of_chats;
CREATE INDEX unicom_requests_due ON unicom_requests (due_at, id) WHERE due_at IS NOT NULL;
DROP TABLE unicom_leases;
