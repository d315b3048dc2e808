ALTER TABLE unicom_api_tokens DROP COLUMN scope;
DROP INDEX unicom_users_staff;
DROP INDEX unicom_users_without_skeleton;
DROP INDEX unicom_users_skeleton;
ALTER TABLE unicom_users DROP COLUMN username_skeleton;
