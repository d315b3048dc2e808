//! Fills a database with chats and messages with a few statements, as fast as the engine allows.

use std::fmt::Write as _;

use unicom_db::{Db, Engine};
use unicom_models::MessageId;
use unicom_webchat::Visitor;

use crate::http::Guest;
use crate::scratch_db::execute;

/// A chat to fill and the account that takes part in it. Either is created if it does not exist.
#[derive(Debug, Clone)]
pub struct Place {
    /// The id of the chat.
    pub chat_id: String,
    /// The id of the account.
    pub account_id: String,
}

impl Place {
    /// Creates the default chat of an account.
    pub fn default_of(account_id: impl Into<String>) -> Self {
        let account_id = account_id.into();
        Self {
            chat_id: account_id.clone(),
            account_id,
        }
    }

    /// Returns the default chats of the guests.
    pub fn of(guests: &[Guest]) -> Vec<Self> {
        let chats = guests.iter().map(|guest| &*guest.chat_id);
        chats.map(Self::default_of).collect()
    }

    /// Returns the visitor who reads the chat.
    pub fn visitor(&self) -> Visitor {
        let account = &self.account_id;
        Visitor::guest(account.strip_prefix("webchat_guest_").unwrap_or(account))
    }

    /// Returns the default chats of `count` further guests who send no requests.
    pub fn guests(count: usize) -> impl Iterator<Item = Self> {
        (0..count).map(|number| Self::default_of(format!("webchat_guest_{number:032x}")))
    }
}

/// The messages to write to each chat.
#[derive(Debug, Clone, Copy)]
pub struct Messages {
    /// The number of messages in each chat.
    each: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Questions and answers in turn.
    Plain,
    /// Questions and answers in turn. Each answer is a reply to its question.
    Dialogue,
    /// Questions without answers.
    Waiting,
}

impl Messages {
    /// No messages: the chats stay empty.
    pub const NONE: Self = Self {
        each: 0,
        kind: Kind::Plain,
    };

    /// Creates `each` messages per chat, without replies.
    pub fn plain(each: usize) -> Self {
        Self {
            each,
            kind: Kind::Plain,
        }
    }

    /// Creates `each` messages per chat. Every second one is a reply to the message before it.
    pub fn dialogue(each: usize) -> Self {
        Self {
            each,
            kind: Kind::Dialogue,
        }
    }

    /// Creates `each` questions per chat, whose requests are all due.
    pub fn waiting(each: usize) -> Self {
        Self {
            each,
            kind: Kind::Waiting,
        }
    }
}

/// Fills the chats of `places` and replaces their existing messages.
///
/// Writes questions and answers in turn with a completed request for each question, or only
/// questions with pending requests. All chats grow at the same time, so that the messages of one
/// chat lie between those of the others.
///
/// Expects one channel, with the id 1.
pub fn fill(db: &mut Db, places: &[Place], messages: Messages) -> anyhow::Result<()> {
    let engine = db.engine();
    prepare(db, engine)?;
    name_places(db, places)?;
    let words = Words::of(engine);
    execute(db, &words.accounts_and_chats())?;
    if messages.each > 0 {
        execute(db, &words.messages(places.len(), messages))?;
        execute(db, &words.ends(places.len(), messages))?;
    }
    if messages.kind == Kind::Waiting {
        execute(db, &words.leases())?;
    }
    finish(db, engine)
}

fn prepare(db: &mut Db, engine: Engine) -> anyhow::Result<()> {
    match engine {
        // Durability is not needed: if filling fails, it is repeated. The cache size is in KiB:
        // about half a gigabyte of pages.
        Engine::Sqlite => execute(
            db,
            "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN IMMEDIATE",
        ),
        Engine::Postgres => execute(db, "BEGIN"),
    }
}

fn finish(db: &mut Db, engine: Engine) -> anyhow::Result<()> {
    execute(db, "DROP TABLE bench_places; COMMIT")?;
    match engine {
        Engine::Sqlite => execute(
            db,
            "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -2000",
        ),
        Engine::Postgres => [
            "VACUUM ANALYZE unicom_accounts",
            "VACUUM ANALYZE unicom_chats",
            "VACUUM ANALYZE unicom_account_chats",
            "VACUUM ANALYZE unicom_messages",
            "VACUUM ANALYZE unicom_requests",
        ]
        .iter()
        .try_for_each(|sql| execute(db, sql)),
    }
}

/// Writes the numbered places to a temporary table for the following statements.
fn name_places(db: &mut Db, places: &[Place]) -> anyhow::Result<()> {
    execute(
        db,
        "CREATE TEMP TABLE bench_places (k INTEGER PRIMARY KEY, chat_id TEXT NOT NULL, account_id TEXT NOT NULL)",
    )?;
    for (chunk, places) in places.chunks(500).enumerate() {
        let mut sql = "INSERT INTO bench_places VALUES ".to_owned();
        for (index, place) in places.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let (k, chat, account) = (chunk * 500 + index, &place.chat_id, &place.account_id);
            write!(sql, "{comma}({k}, '{chat}', '{account}')")?;
        }
        execute(db, &sql)?;
    }
    Ok(())
}

/// The SQL fragments that differ between the engines.
struct Words {
    engine: Engine,
    /// The first 24 characters of the ids, from a current version 7 UUID, so that the ids of a
    /// later fill sort after those of an earlier one.
    message: String,
    request: String,
}

impl Words {
    fn of(engine: Engine) -> Self {
        let prefix = || MessageId::new().to_string()[..24].to_owned();
        Self {
            engine,
            message: prefix(),
            request: prefix(),
        }
    }

    fn accounts_and_chats(&self) -> String {
        let at = self.time("0");
        let cascade = match self.engine {
            // Foreign keys are off, so nothing cascades.
            Engine::Sqlite => {
                "DELETE FROM unicom_requests WHERE chat_id IN (SELECT chat_id FROM bench_places);"
            }
            Engine::Postgres => "",
        };
        format!(
            "{cascade}
            DELETE FROM unicom_messages WHERE chat_id IN (SELECT chat_id FROM bench_places);
            INSERT INTO unicom_accounts (id, platform, channel_id, name, is_bot, blocked, raw, created_at, updated_at)
                SELECT account_id, 'WebChat', 1, 'Guest', FALSE, FALSE, '{{}}'{json}, {at}, {at}
                FROM (SELECT DISTINCT account_id FROM bench_places) AS accounts WHERE TRUE ON CONFLICT DO NOTHING;
            INSERT INTO unicom_chats
                (id, channel_id, platform, name, is_private, is_archived, metadata, last_activity_at, created_at, updated_at)
                SELECT chat_id, 1, 'WebChat', 'Is there any news', TRUE, FALSE, '{{}}'{json}, {at}, {at}, {at}
                FROM bench_places WHERE TRUE ON CONFLICT DO NOTHING;
            INSERT INTO unicom_account_chats (account_id, chat_id, unread_count, created_at)
                SELECT account_id, chat_id, 0, {at} FROM bench_places WHERE TRUE ON CONFLICT DO NOTHING",
            json = self.json(),
        )
    }

    /// Returns the statements that write the messages and requests.
    ///
    /// Message `n` is message number `n / chats` of chat `n % chats`. Messages with an even number
    /// are questions.
    fn messages(&self, chats: usize, messages: Messages) -> String {
        let total = chats * messages.each;
        let numbers = match self.engine {
            Engine::Sqlite => format!(
                "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {total})"
            ),
            Engine::Postgres => {
                format!("WITH numbers(n) AS (SELECT generate_series(0::bigint, {total} - 1))")
            }
        };
        let is_waiting = messages.kind == Kind::Waiting;
        let is_question = if is_waiting {
            "TRUE".to_owned()
        } else {
            format!("(n / {chats}) % 2 = 0")
        };
        let id = self.id(&self.message, "n");
        let at = self.time("n");
        let reply_to = if messages.kind == Kind::Dialogue {
            let before = self.id(&self.message, &format!("n - {chats}"));
            format!("CASE WHEN {is_question} THEN NULL ELSE {before} END")
        } else {
            "NULL".to_owned()
        };
        let request = self.id(&self.request, "n");
        let json = self.json();
        let (status, attempts, due_at, completed_at) = if is_waiting {
            ("PENDING", 0, &*at, "NULL")
        } else {
            ("COMPLETED", 1, "NULL", &*at)
        };
        let from = format!("FROM numbers JOIN bench_places ON k = n % {chats}");
        format!(
            "{numbers}
            INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, direction, timestamp, text,
                media_type, reply_to_message_id, sent_at, raw)
            SELECT {id}, chat_id, 1,
                CASE WHEN {is_question} THEN account_id ELSE NULL END,
                CASE WHEN {is_question} THEN 'Guest' ELSE 'Bot' END,
                CASE WHEN {is_question} THEN 'incoming' ELSE 'outgoing' END,
                {at},
                CASE WHEN {is_question} THEN 'Is there any news of my order number ' || n || '?'
                    ELSE 'Order number ' || n || ' is on its way and will be with you tomorrow.' END,
                'text', {reply_to},
                CASE WHEN {is_question} THEN NULL ELSE {at} END,
                '{{}}'{json}
            {from};
            {numbers}
            INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, status, display_text, metadata,
                attempts, due_at, created_at, updated_at, pending_at, completed_at)
            SELECT {request}, {id}, chat_id, account_id, 1, '{status}', 'Is there any news of my order number ' || n || '?',
                '{{}}'{json}, {attempts}, {due_at}, {at}, {at}, {at}, {completed_at}
            {from} WHERE {is_question}"
        )
    }

    /// Returns the statement that records the first and last messages of each chat.
    fn ends(&self, chats: usize, messages: Messages) -> String {
        let number = |turn: usize| format!("{} + k", turn * chats);
        let id = |turn| self.id(&self.message, &number(turn));
        let last = messages.each - 1;
        let is_waiting = messages.kind == Kind::Waiting;
        // Questions have even numbers.
        let last_incoming = if is_waiting { last } else { last - last % 2 };
        let outgoing = if last == 0 || is_waiting {
            String::new()
        } else {
            let (first_outgoing, last_outgoing) = (id(1), id(last - (last + 1) % 2));
            format!(
                "first_outgoing_message_id = {first_outgoing}, last_outgoing_message_id = {last_outgoing},"
            )
        };
        format!(
            "UPDATE unicom_chats SET first_message_id = {first}, first_incoming_message_id = {first}, {outgoing}
                last_message_id = {last_id}, last_incoming_message_id = {last_incoming_id}, last_activity_at = {at}
            FROM bench_places WHERE unicom_chats.id = bench_places.chat_id",
            first = id(0),
            last_id = id(last),
            last_incoming_id = id(last_incoming),
            at = self.time(&number(last)),
        )
    }

    /// Returns the statement that makes the chats due.
    fn leases(&self) -> String {
        format!(
            "INSERT INTO unicom_leases (kind, key, due_at, claim, asked)
                SELECT 'requests', chat_id, {at}, 0, 1 FROM bench_places WHERE TRUE
                ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, asked = unicom_leases.asked + 1",
            at = self.time("0"),
        )
    }

    fn id(&self, prefix: &str, number: &str) -> String {
        match self.engine {
            Engine::Sqlite => {
                let prefix = prefix.replace('-', "");
                format!("unhex('{prefix}' || printf('%012x', {number}))")
            }
            Engine::Postgres => {
                format!("('{prefix}' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid")
            }
        }
    }

    /// Returns the time of a message: one millisecond per number, from the start of 2025.
    fn time(&self, number: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("(1735689600000000 + ({number}) * 1000)"),
            Engine::Postgres => {
                format!(
                    "(timestamptz '2025-01-01 00:00:00Z' + ({number}) * interval '1 millisecond')"
                )
            }
        }
    }

    fn json(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "",
            Engine::Postgres => "::json",
        }
    }
}
