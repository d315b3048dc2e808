DROP TRIGGER unicom_leases_of_chats ON unicom_chats;
DROP FUNCTION unicom_delete_leases();
CREATE INDEX unicom_requests_due ON unicom_requests (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX unicom_deliveries_due ON unicom_deliveries (due_at, message_id) WHERE due_at IS NOT NULL;
DROP TABLE unicom_leases;
