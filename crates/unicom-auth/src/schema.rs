//! The diesel schema of the tables for users, sessions, tokens and pending migrations.

use unicom_db::tables::Table;

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_users (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
        username_skeleton -> Nullable<Text>,
        display_name -> Text,
        email -> Nullable<Text>,
        email_verified -> Bool,
        password_hash -> Text,
        is_staff -> Bool,
        is_active -> Bool,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
        last_login_at -> Nullable<UtcMicros>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_sessions (key_hash) {
        key_hash -> Text,
        state -> Json,
        user_id -> Nullable<BigInt>,
        created_at -> UtcMicros,
        expires_at -> UtcMicros,
        session_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_api_tokens (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        scope -> Text,
        token_hash -> Text,
        created_at -> UtcMicros,
        expires_at -> Nullable<UtcMicros>,
        last_used_at -> Nullable<UtcMicros>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_pending_migrations (guest_key) {
        guest_key -> Text,
        user_id -> BigInt,
        pending_since -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_revoked_visitor_tokens (subject) {
        subject -> Text,
        revoked_at -> UtcMicros,
        expires_at -> UtcMicros,
    }
}

diesel::joinable!(unicom_pending_migrations -> unicom_users (user_id));
diesel::joinable!(unicom_api_tokens -> unicom_users (user_id));
diesel::allow_tables_to_appear_in_same_query!(
    unicom_users,
    unicom_sessions,
    unicom_api_tokens,
    unicom_pending_migrations,
);

/// Returns all tables, each after those it refers to.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("unicom_users", unicom_users::table),
        Table::new("unicom_sessions", unicom_sessions::table).with_key(&["key_hash"]),
        Table::new("unicom_api_tokens", unicom_api_tokens::table),
        Table::new(
            "unicom_pending_migrations",
            unicom_pending_migrations::table,
        )
        .with_key(&["guest_key"]),
        Table::new(
            "unicom_revoked_visitor_tokens",
            unicom_revoked_visitor_tokens::table,
        )
        .with_key(&["subject"]),
    ]
}
