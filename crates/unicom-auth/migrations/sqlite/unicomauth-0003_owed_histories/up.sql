-- Guests who have logged in, and whose history could not be given to the user yet.

CREATE TABLE unicom_owed_histories (
    -- The public name of the session that the guest had. That session is gone: nobody can prove the guest again.
    guest_key TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES unicom_users ON DELETE CASCADE,
    owed_since BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX unicom_owed_histories_user ON unicom_owed_histories (user_id);
