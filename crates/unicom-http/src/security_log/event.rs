//! `SecurityEvent`: events of the security log, such as logins, refusals and what admins read (ASVS
//! 5.0, 16.3).
//!
//! The lines go to the `log` crate under [`SECURITY_LOG`], each with a field `event`. Only pass ids
//! and fixed words to a [`SecurityEvent`]: no secrets, no texts, no names sent by a client, no
//! plain addresses.

use actix_web::{HttpRequest, web};
use log::Level;
use unicom_models::Id;

use super::fields::log_fields;
use crate::{Admin, Caller};

/// Maximum length of a value in characters. An id in a path may be any text.
const LONGEST: usize = 200;

/// Path parameters that identify whose data an admin reads.
const IN_PATHS: [&str; 5] = [
    "id",
    // The name of a bot.
    "name",
    "chat_id",
    "member_id",
    "message_id",
];

/// Query parameters that identify whose data an admin reads, and `true` if their ids have the form
/// of a platform: words with a digit, such as `webchat_user_7`. All other query parameters may be
/// any text and are left out.
const IN_QUERIES: [(&str, bool); 6] = [
    ("account_id", true),
    ("category_id", false),
    ("channel_id", false),
    ("chat_id", true),
    ("group_id", false),
    ("member_id", false),
];

/// An event for the security log.
///
/// ```
/// use unicom_http::security_log::SecurityEvent;
/// # let request = actix_web::test::TestRequest::default().to_http_request();
/// SecurityEvent::refused("auth.login_failed")
///     .with("reason", "wrong_password")
///     .with("user", "user:7")
///     .write(&request);
/// ```
#[derive(Debug, Clone)]
#[must_use = "an event is logged by `write`"]
pub struct SecurityEvent {
    name: &'static str,
    level: Level,
    fields: Vec<(&'static str, String)>,
}

impl SecurityEvent {
    /// Creates the event of a completed action.
    pub fn done(name: &'static str) -> Self {
        Self {
            name,
            level: Level::Info,
            fields: Vec::new(),
        }
    }

    /// Creates the event of a refusal, logged as a warning.
    pub fn refused(name: &'static str) -> Self {
        Self {
            level: Level::Warn,
            ..Self::done(name)
        }
    }

    /// Adds a field. The value is truncated to 200 characters.
    pub fn with(mut self, field: &'static str, value: impl ToString) -> Self {
        let mut value = value.to_string();
        if let Some((end, _)) = value.char_indices().nth(LONGEST) {
            value.truncate(end);
        }
        self.fields.push((field, value));
        self
    }

    /// Writes the line with the sender of the request and its source, as far as they are known. A
    /// refusal is left out if its address has reached the limit of lines about this event in the
    /// current minute.
    pub fn write(self, request: &HttpRequest) {
        self.write_for(&Caller::of(request));
    }

    /// Writes the line for a request that is no longer available.
    pub fn write_for(self, caller: &Caller) {
        if self.level > log::max_level() {
            return;
        }
        // Only refusals are limited.
        if self.level == Level::Warn && !caller.may_leave(self.name) {
            return;
        }
        let mut fields = vec![("event", self.name.to_owned())];
        fields.extend(caller.actor().map(|actor| ("actor", actor)));
        fields.extend(self.fields);
        fields.extend(caller.source().map(|source| ("source", source)));
        log_fields(self.level, &fields);
    }
}

/// Logs that an admin reads data or previews a change: the route, and the ids in its path and
/// query.
pub(crate) fn note_reading(request: &HttpRequest, admin: &Admin) {
    Caller::of(request).set_actor(admin.actor.clone());
    let mut event = SecurityEvent::done("staff.read");
    if let Some(id) = &admin.user_id {
        event = event.with("user", format_args!("user:{id}"));
    }
    let route = request.match_pattern().unwrap_or_default();
    event = event.with("route", route.trim_end_matches('/'));
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map(web::Query::into_inner).unwrap_or_default();
    for subject in IN_PATHS {
        if let Some(id) = request.match_info().get(subject) {
            event = event.with(subject, id);
        }
    }
    for (subject, is_word) in IN_QUERIES {
        let given = query.iter().find(|(name, _)| name == subject);
        if let Some((_, id)) = given.filter(|(_, id)| is_id(id, is_word)) {
            event = event.with(subject, id);
        }
    }
    event.write(request);
}

/// Returns `true` if the value of a query parameter is an id. The query has not been validated yet,
/// so the value may be a name.
fn is_id(text: &str, is_word: bool) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(&byte);
    let is_own = text.parse::<i64>().is_ok() || text.parse::<Id>().is_ok();
    let has_digit = || text.bytes().any(|byte| byte.is_ascii_digit());
    is_own || (is_word && has_digit() && text.bytes().all(in_word))
}
