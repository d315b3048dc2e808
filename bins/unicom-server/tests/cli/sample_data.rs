//! A database with rows of every kind in every table, created through unicom's interfaces if they
//! can.

use diesel::RunQueryDsl;
use serde_json::{Value, json};
use unicom_core::{CoreError, OutgoingMessage, outbound::append_outgoing};
use unicom_db::queries::{chats, deliveries};
use unicom_db::{DbError, on_engine};
use unicom_testing::TestDatabase;

use crate::server::Server;
use crate::unclaimed_messages::Inbox;
use crate::visitor::Visitor;
use crate::workspace::Workspace;

pub const PASSWORD: &str = "open-sesame";

/// Text that users may write and that programs handle wrongly if they confuse bytes and characters.
pub const TEXT: &str =
    "Žluťoučký kůň 🐎 \u{202e}abc\u{202c} \"quoted\" \\ \u{7f} \u{2028} line\nbreak\ttab 'sql' --";

/// JSON that changes if it is parsed and written again: long numbers, zeros, spaces, escapes.
const ODD_JSON: &str = "{\"n\": 1.10, \"long\":123456789012345678901234567890, \"tiny\":1e-400,\n \"escaped\":\"\\u0041\\/\", \"z\":1, \"a\":0.1000}";

/// Statements that set what no interface sets, or what needs a platform that does not exist here.
const REST: &[&str] = &[
    // The last number assigned is not the highest in use.
    "DELETE FROM unicom_channels WHERE name = 'gone'",
    "UPDATE unicom_channels SET error = 'no luck', confirmed_webhook_url = 'https://example.org/hook' WHERE name = 'Shop'",
    "UPDATE unicom_members SET email = 'ada@example.org', phone = '+420123456789' WHERE name = 'Ada'",
    "UPDATE unicom_accounts SET default_category_id = (SELECT id FROM unicom_request_categories ORDER BY id LIMIT 1)",
    "UPDATE unicom_accounts SET blocked = true WHERE id LIKE 'pigeon%'",
    // Every kind of value, and a reply to a later message.
    "UPDATE unicom_messages SET html = '<b>😀</b>', subject = 'A: B', media_type = 'image', media_key = 'messages/1.png',
        media_name = 'příloha.png', media_content_type = 'image/png', media_size = 9007199254740993,
        media_sha256 = 'ab', provider_message_id = 'p-1', client_message_id = 'c-1', interactive_buttons = '[[]]',
        user_id = '7', sent_at = timestamp, delivered_at = timestamp, seen_at = timestamp,
        reply_to_message_id = (SELECT id FROM unicom_messages ORDER BY id DESC LIMIT 1)
        WHERE id = (SELECT id FROM unicom_messages ORDER BY id LIMIT 1)",
    "INSERT INTO unicom_provider_messages (channel_id, provider_id, message_id, part)
        SELECT channel_id, provider_message_id, id, 0 FROM unicom_messages WHERE provider_message_id IS NOT NULL",
    "INSERT INTO unicom_message_edits (message_id, revision, text, html, edited_at)
        SELECT id, 1, text, '<i>é</i>', timestamp FROM unicom_messages",
    "INSERT INTO unicom_message_failures (message_id, code, reason, failed_at)
        SELECT id, '131026', 'no such number', timestamp FROM unicom_messages",
    "INSERT INTO unicom_message_details (message_id, author, media_width, media_height, media_duration_ms)
        SELECT id, 'system', 640, 480, 9007199254740993 FROM unicom_messages",
    "INSERT INTO unicom_files (message_id, seq, state, reference, key, name, content_type, size, sha256, content_id,
            is_inline, attempts, due_at, error)
        SELECT id, 1, 'waiting', '{\"file\": \"é\"}', 'messages/2.pdf', 'příloha.pdf', 'application/pdf', 9007199254740993,
            'ab', 'cid-1', true, 3, timestamp, 'no luck' FROM unicom_messages",
    "INSERT INTO unicom_deleted_messages (chat_id, change, message_id, deleted_at)
        SELECT chat_id, 9007199254740993, id, timestamp FROM unicom_messages
        WHERE id = (SELECT id FROM unicom_messages ORDER BY id LIMIT 1)",
    "INSERT INTO unicom_read_positions (chat_id, account_id, delivered_message_at, read_message_at, change)
        SELECT chat_id, account_id, created_at, created_at, 9007199254740993 FROM unicom_account_chats",
    "INSERT INTO unicom_chat_holders (chat_id, kind, name, user_id, reason, summary, held_at, change)
        SELECT id, 'staff', 'Žofie', '7', 'é', 'line\nbreak', created_at, 9007199254740993 FROM unicom_chats",
    "INSERT INTO unicom_chat_ratings (chat_id, account_id, score, comment, rated_at)
        SELECT chat_id, account_id, 4, 'příjemný 🐎', created_at FROM unicom_account_chats
        WHERE account_id = 'webchat_user_2'",
    "UPDATE unicom_chats SET ended_at = created_at WHERE name = 'Invoices'",
    "UPDATE unicom_messages SET change = 9007199254740993 WHERE id = (SELECT id FROM unicom_messages ORDER BY id LIMIT 1)",
    "UPDATE unicom_chats SET change = 9007199254740993, epoch = 2",
    "UPDATE unicom_chats SET is_held = true WHERE name = 'Invoices'",
    "UPDATE unicom_chats SET is_archived = true WHERE name = 'Invoices'",
    "UPDATE unicom_chats SET first_outgoing_message_id = last_message_id, last_outgoing_message_id = last_message_id
        WHERE id LIKE 'webchat_guest%'",
    "UPDATE unicom_requests SET email = 'a@example.org', phone = '1', error = 'no luck', due_at = created_at,
        identifying_at = created_at, categorizing_at = created_at, category_list_sent_at = created_at,
        queued_at = created_at, processing_at = created_at, completed_at = created_at, failed_at = created_at,
        reply_token_hash = 'cd', llm_tokens = 5000000000, llm_calls = 3, attempts_before = 1,
        category_id = (SELECT id FROM unicom_request_categories ORDER BY id LIMIT 1),
        member_id = (SELECT id FROM unicom_members ORDER BY id LIMIT 1),
        parent_request_id = (SELECT id FROM unicom_requests ORDER BY id DESC LIMIT 1), initial_request_id = id
        WHERE id = (SELECT id FROM unicom_requests ORDER BY id LIMIT 1)",
    "INSERT INTO unicom_streams (chat_id, id, request_id, attempt, text, is_stop_requested, updated_at)
        SELECT chat_id, message_id, id, 2, 'Žluťoučký 🐎', true, created_at FROM unicom_requests
        WHERE id = (SELECT id FROM unicom_requests ORDER BY id LIMIT 1)",
    "UPDATE unicom_deliveries SET error = 'no luck', failures = 2, first_failed_at = updated_at, unknown_outcomes = 1",
    "INSERT INTO unicom_channel_holds (channel_id, ends_at, reason)
        SELECT id, created_at, 'busy: flood' FROM unicom_channels WHERE name = 'Shop'",
    "INSERT INTO unicom_channel_state (channel_id, name, value)
        SELECT id, 'updates', '{\"offset\": 7}' FROM unicom_channels WHERE name = 'Shop'",
    "INSERT INTO unicom_pending_migrations (guest_key, user_id, pending_since)
        SELECT '4f3c', id, created_at FROM unicom_users WHERE username = 'bob'",
    "INSERT INTO unicom_revoked_visitor_tokens (subject, revoked_at, expires_at)
        SELECT 'account webchat_guest_x_4f3c', created_at, created_at FROM unicom_users WHERE username = 'bob'",
    "UPDATE unicom_api_tokens SET last_used_at = created_at, expires_at = created_at",
];

/// Fills the database of `home`, which has no tables or empty ones.
pub async fn fill(home: &Workspace, db: &TestDatabase) {
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    home.echo_channel();
    for name in ["Shop", "gone"] {
        home.json(&["channel", "create", "--platform", "WebChat", "--name", name]);
    }
    for (name, more) in [("ada", "--staff"), ("bob", "--verified")] {
        let email = format!("{name}@example.org");
        let create = [
            "user",
            "create",
            name,
            "--password-stdin",
            "--email",
            &email,
            more,
        ];
        home.run_with_input(&create, PASSWORD).ok();
    }
    home.run(&["token", "create", "ada", "--name", "noční úloha"])
        .ok();
    let users = home.json(&["user", "list"]);
    let user = users[0]["id"].to_string();
    let member = id(home.json(&["member", "create", "Ada", "--user", &user]));
    let group = id(home.json(&["group", "create", "Partners", "--description", TEXT]));
    home.run(&["group", "add", &group, &member]).ok();
    let inner = id(home.json(&[
        "category",
        "create",
        "Refunds",
        "--channel",
        "1",
        "--member",
        &member,
        "--group",
        &group,
    ]));
    let words = r#"{"kind":"keywords","any":["refund"]}"#;
    let outer = id(home.json(&[
        "category",
        "create",
        "Sales",
        "--bot",
        "echo",
        "--matcher",
        words,
    ]));
    // The parent category is newer than its child.
    home.run(&["category", "update", &inner, "--parent", &outer])
        .ok();
    let model = json!({ "base_url": "https://model.example.org/v1", "model": "small" }).to_string();
    home.run(&[
        "bot", "create", "parrot", "--kind", "llm", "--config", &model,
    ])
    .ok();

    let server = Server::serve(home);
    let guest = Visitor::of(&server);
    guest.send(TEXT).await;
    let person = Visitor::of(&server);
    for text in ["m0", "m1"] {
        person.send(text).await;
    }
    assert_eq!(person.log_in("bob", PASSWORD).await, 200);
    let new = json!({ "name": "Invoices", "metadata": { "nested": [1, 2.5, null, { "é": "ü" }] } });
    let (status, made) = person.post("/unicom/webchat/chats/", new).await;
    assert_eq!(status, 201, "{made}");
    let chat = made["chat"]["id"].as_str().unwrap();
    let written = json!({ "chat_id": chat, "text": "Where is it?", "client_message_id": "é" });
    assert_eq!(person.post("/unicom/webchat/send/", written).await.0, 200);
    person.texts_once(4).await;
    assert_eq!(server.terminate(), Some(0));

    let queued = db.database().write(|tx| -> Result<(), CoreError> {
        let inbox = Inbox::new(tx)?;
        let chat = inbox.take(tx, "eve", TEXT)?.chat_id;
        let message = append_outgoing(tx, &inbox.0, &chat, OutgoingMessage::text("Hi!"), None)?;
        let chat = chats::lock(tx, &chat)?.unwrap();
        Ok(deliveries::queue(tx, &chat, &message)?)
    });
    queued.await.unwrap();
    let rest = db.database().write(|tx| -> Result<(), DbError> {
        let odd = [("unicom_messages", "raw"), ("unicom_accounts", "raw"), ("unicom_chats", "metadata")];
        let odd = odd.map(|(table, column)| {
            format!("UPDATE {table} SET {column} = '{ODD_JSON}' WHERE id = (SELECT id FROM {table} ORDER BY id LIMIT 1)")
        });
        for statement in REST.iter().copied().chain(odd.iter().map(String::as_str)) {
            on_engine!(&mut **tx, conn => diesel::sql_query(statement).execute(conn))?;
        }
        Ok(())
    });
    rest.await.unwrap();
}
