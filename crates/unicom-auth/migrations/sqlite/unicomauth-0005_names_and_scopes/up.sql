-- The username with look-alike characters mapped to one of them. NULL in rows that an earlier version made: they are
-- filled at the next start, and before the next user is created.
ALTER TABLE unicom_users ADD COLUMN username_skeleton TEXT;

-- Not unique: users of earlier versions may have names that look alike, and keep them.
CREATE INDEX unicom_users_skeleton ON unicom_users (username_skeleton);
CREATE INDEX unicom_users_without_skeleton ON unicom_users (id) WHERE username_skeleton IS NULL;
CREATE INDEX unicom_users_staff ON unicom_users (id) WHERE is_staff;

-- What a token may do: `read`, `write` or `admin`. Those that are there could do everything, and still can.
ALTER TABLE unicom_api_tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'admin';
