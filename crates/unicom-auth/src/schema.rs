//! The tables of users and sessions as diesel sees them.

diesel::table! {
    use diesel::sql_types::*;
    use unicom_models::sql_types::*;

    unicom_users (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
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
    }
}
