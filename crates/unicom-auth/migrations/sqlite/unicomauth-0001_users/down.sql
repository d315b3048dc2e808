DROP TABLE unicom_sessions;
DROP TABLE unicom_users;
