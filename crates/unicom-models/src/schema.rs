//! The diesel schema: one description of the tables for both database engines.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_channels (id) {
        id -> BigInt,
        name -> Text,
        platform -> Text,
        config -> Json,
        active -> Bool,
        error -> Nullable<Text>,
        confirmed_webhook_url -> Nullable<Text>,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_members (id) {
        id -> UuidAny,
        name -> Text,
        user_id -> Nullable<Text>,
        email -> Nullable<Text>,
        email_verified -> Bool,
        phone -> Nullable<Text>,
        phone_verified -> Bool,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_member_groups (id) {
        id -> UuidAny,
        name -> Text,
        description -> Text,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_group_members (group_id, member_id) {
        group_id -> UuidAny,
        member_id -> UuidAny,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_request_categories (id) {
        id -> UuidAny,
        parent_id -> Nullable<UuidAny>,
        sequence -> Integer,
        name -> Text,
        description -> Text,
        active -> Bool,
        public -> Bool,
        matcher -> Nullable<Json>,
        bot -> Nullable<Json>,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_category_channels (category_id, channel_id) {
        category_id -> UuidAny,
        channel_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_category_members (category_id, member_id) {
        category_id -> UuidAny,
        member_id -> UuidAny,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_category_groups (category_id, group_id) {
        category_id -> UuidAny,
        group_id -> UuidAny,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_accounts (id) {
        id -> Text,
        platform -> Text,
        channel_id -> BigInt,
        name -> Text,
        is_bot -> Bool,
        blocked -> Bool,
        member_id -> Nullable<UuidAny>,
        default_category_id -> Nullable<UuidAny>,
        raw -> Json,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_account_merges (from_account_id) {
        from_account_id -> Text,
        to_account_id -> Nullable<Text>,
        merged_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_chats (id) {
        id -> Text,
        channel_id -> BigInt,
        platform -> Text,
        name -> Nullable<Text>,
        is_private -> Bool,
        is_archived -> Bool,
        metadata -> Json,
        first_message_id -> Nullable<UuidAny>,
        first_incoming_message_id -> Nullable<UuidAny>,
        first_outgoing_message_id -> Nullable<UuidAny>,
        last_message_id -> Nullable<UuidAny>,
        last_incoming_message_id -> Nullable<UuidAny>,
        last_outgoing_message_id -> Nullable<UuidAny>,
        last_activity_at -> UtcMicros,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
        change -> BigInt,
        epoch -> BigInt,
        is_held -> Bool,
        ended_at -> Nullable<UtcMicros>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_chat_ratings (chat_id) {
        chat_id -> Text,
        account_id -> Text,
        score -> Integer,
        comment -> Nullable<Text>,
        rated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_chat_holders (chat_id) {
        chat_id -> Text,
        kind -> Text,
        name -> Nullable<Text>,
        user_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        summary -> Nullable<Text>,
        held_at -> UtcMicros,
        change -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_account_chats (account_id, chat_id) {
        account_id -> Text,
        chat_id -> Text,
        unread_count -> BigInt,
        created_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_messages (id) {
        id -> UuidAny,
        chat_id -> Text,
        channel_id -> BigInt,
        sender_id -> Nullable<Text>,
        sender_name -> Text,
        user_id -> Nullable<Text>,
        direction -> Text,
        timestamp -> UtcMicros,
        text -> Text,
        html -> Nullable<Text>,
        subject -> Nullable<Text>,
        media_type -> Text,
        media_key -> Nullable<Text>,
        media_name -> Nullable<Text>,
        media_content_type -> Nullable<Text>,
        media_size -> Nullable<BigInt>,
        media_sha256 -> Nullable<Text>,
        reply_to_message_id -> Nullable<UuidAny>,
        provider_message_id -> Nullable<Text>,
        client_message_id -> Nullable<Text>,
        interactive_buttons -> Nullable<Json>,
        sent_at -> Nullable<UtcMicros>,
        delivered_at -> Nullable<UtcMicros>,
        seen_at -> Nullable<UtcMicros>,
        raw -> Json,
        change -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_message_details (message_id) {
        message_id -> UuidAny,
        author -> Nullable<Text>,
        media_width -> Nullable<Integer>,
        media_height -> Nullable<Integer>,
        media_duration_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_deleted_messages (chat_id, change) {
        chat_id -> Text,
        change -> BigInt,
        message_id -> UuidAny,
        deleted_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_read_positions (chat_id, account_id) {
        chat_id -> Text,
        account_id -> Text,
        delivered_message_at -> Nullable<UtcMicros>,
        read_message_at -> Nullable<UtcMicros>,
        change -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_requests (id) {
        id -> UuidAny,
        message_id -> UuidAny,
        chat_id -> Text,
        account_id -> Text,
        channel_id -> BigInt,
        member_id -> Nullable<UuidAny>,
        category_id -> Nullable<UuidAny>,
        status -> Text,
        display_text -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        error -> Nullable<Text>,
        metadata -> Json,
        parent_request_id -> Nullable<UuidAny>,
        initial_request_id -> Nullable<UuidAny>,
        attempts -> Integer,
        due_at -> Nullable<UtcMicros>,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
        pending_at -> Nullable<UtcMicros>,
        identifying_at -> Nullable<UtcMicros>,
        categorizing_at -> Nullable<UtcMicros>,
        category_list_sent_at -> Nullable<UtcMicros>,
        queued_at -> Nullable<UtcMicros>,
        processing_at -> Nullable<UtcMicros>,
        completed_at -> Nullable<UtcMicros>,
        failed_at -> Nullable<UtcMicros>,
        llm_calls -> Integer,
        llm_tokens -> BigInt,
        reply_token_hash -> Nullable<Text>,
        attempts_before -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_deliveries (message_id) {
        message_id -> UuidAny,
        status -> Text,
        attempts -> Integer,
        due_at -> Nullable<UtcMicros>,
        error -> Nullable<Text>,
        updated_at -> UtcMicros,
        attempts_before -> Integer,
        chat_id -> Text,
        written_at -> UtcMicros,
        failures -> Integer,
        first_failed_at -> Nullable<UtcMicros>,
        unknown_outcomes -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_channel_holds (channel_id) {
        channel_id -> BigInt,
        ends_at -> UtcMicros,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    unicom_channel_state (channel_id, name) {
        channel_id -> BigInt,
        name -> Text,
        value -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_leases (kind, key) {
        kind -> Text,
        key -> Text,
        due_at -> Nullable<UtcMicros>,
        claim -> BigInt,
        asked -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_addresses (platform, scope, kind, address) {
        platform -> Text,
        scope -> Text,
        kind -> Text,
        address -> Text,
        target -> Text,
        is_current -> Bool,
        assigned_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_provider_messages (channel_id, provider_id) {
        channel_id -> BigInt,
        provider_id -> Text,
        message_id -> UuidAny,
        part -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_message_edits (message_id, revision) {
        message_id -> UuidAny,
        revision -> Integer,
        text -> Text,
        html -> Nullable<Text>,
        edited_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_message_failures (message_id) {
        message_id -> UuidAny,
        code -> Text,
        reason -> Text,
        failed_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_files (message_id, seq) {
        message_id -> UuidAny,
        seq -> Integer,
        state -> Text,
        reference -> Json,
        key -> Nullable<Text>,
        name -> Nullable<Text>,
        content_type -> Nullable<Text>,
        size -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        content_id -> Nullable<Text>,
        is_inline -> Bool,
        attempts -> Integer,
        due_at -> Nullable<UtcMicros>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_streams (chat_id) {
        chat_id -> Text,
        id -> UuidAny,
        request_id -> UuidAny,
        attempt -> Integer,
        text -> Text,
        is_stop_requested -> Bool,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_bots (name) {
        name -> Text,
        kind -> Text,
        config -> Json,
        created_at -> UtcMicros,
        updated_at -> UtcMicros,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql_types::*;

    unicom_audit (id) {
        id -> UuidAny,
        created_at -> UtcMicros,
        actor -> Text,
        action -> Text,
        subject -> Text,
        details -> Json,
    }
}

diesel::joinable!(unicom_account_chats -> unicom_chats (chat_id));
diesel::joinable!(unicom_account_chats -> unicom_accounts (account_id));
diesel::joinable!(unicom_accounts -> unicom_members (member_id));
diesel::joinable!(unicom_messages -> unicom_chats (chat_id));
diesel::joinable!(unicom_requests -> unicom_messages (message_id));
diesel::joinable!(unicom_message_details -> unicom_messages (message_id));
diesel::joinable!(unicom_deliveries -> unicom_messages (message_id));
diesel::joinable!(unicom_provider_messages -> unicom_messages (message_id));
diesel::joinable!(unicom_files -> unicom_messages (message_id));
diesel::joinable!(unicom_group_members -> unicom_members (member_id));
diesel::allow_tables_to_appear_in_same_query!(
    unicom_channels,
    unicom_members,
    unicom_member_groups,
    unicom_group_members,
    unicom_request_categories,
    unicom_category_channels,
    unicom_category_members,
    unicom_category_groups,
    unicom_accounts,
    unicom_account_merges,
    unicom_chats,
    unicom_account_chats,
    unicom_messages,
    unicom_requests,
    unicom_deliveries,
    unicom_leases,
    unicom_channel_holds,
    unicom_channel_state,
    unicom_addresses,
    unicom_provider_messages,
    unicom_message_edits,
    unicom_message_failures,
    unicom_message_details,
    unicom_files,
    unicom_deleted_messages,
    unicom_read_positions,
    unicom_streams,
    unicom_chat_holders,
    unicom_chat_ratings,
    unicom_bots,
    unicom_audit,
);
