//! The security log: who logged in, who was refused, and what staff read (ASVS 5.0, 16.3).
//!
//! Its lines go to the `log` crate under [`SECURITY_LOG`], each with a field `event`. Hand [`SecurityEvent`] ids and fixed
//! words only: no secret, no text, no name that a client sent, no address in clear.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use log::{Level, Record};

use crate::{Admission, Caller, Staff};

/// The target of the security log's lines, by which a logger tells them from others.
pub const SECURITY_LOG: &str = "unicom::security";

/// The most characters of a value: an id in a path may be any text.
const LONGEST: usize = 200;

/// What in a path or a query says whose data staff reads. Filters by text are left out.
const SUBJECTS: [&str; 9] = [
    "id",
    // Of a bot.
    "name",
    "message_id",
    "account_id",
    "category_id",
    "channel_id",
    "chat_id",
    "group_id",
    "member_id",
];

/// An event for the security log.
///
/// ```
/// use unicom_http::SecurityEvent;
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
    /// Creates the event of something that was done.
    pub fn done(name: &'static str) -> Self {
        Self {
            name,
            level: Level::Info,
            fields: Vec::new(),
        }
    }

    /// Creates the event of something that was refused: a warning.
    pub fn refused(name: &'static str) -> Self {
        Self {
            level: Level::Warn,
            ..Self::done(name)
        }
    }

    /// Adds a field; its value is cut after 200 characters.
    pub fn with(mut self, field: &'static str, value: impl ToString) -> Self {
        let mut value = value.to_string();
        if let Some((end, _)) = value.char_indices().nth(LONGEST) {
            value.truncate(end);
        }
        self.fields.push((field, value));
        self
    }

    /// Writes the line, with who sends the request and from where, as far as that is known.
    pub fn write(self, request: &HttpRequest) {
        self.write_for(&Caller::of(request));
    }

    /// Writes the line for a request that is no longer at hand.
    pub fn write_for(self, caller: &Caller) {
        if self.level > log::max_level() {
            return;
        }
        let mut fields = vec![("event", self.name.to_owned())];
        fields.extend(caller.actor().map(|actor| ("actor", actor)));
        fields.extend(self.fields);
        fields.extend(caller.source().map(|source| ("source", source)));
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        log::logger().log(
            &Record::builder()
                .target(SECURITY_LOG)
                .level(self.level)
                .args(format_args!("security event"))
                .key_values(&fields.as_slice())
                .build(),
        );
    }
}

/// Writes that staff reads, or tries a change out: which route, and the ids in its path and query.
pub(crate) fn note_reading(request: &HttpRequest, staff: &Staff) {
    Caller::of(request).set_actor(&staff.actor);
    let mut event = SecurityEvent::done("staff.read");
    if let Some(id) = &staff.user_id {
        event = event.with("user", format_args!("user:{id}"));
    }
    let route = request.match_pattern().unwrap_or_default();
    event = event.with("route", route.trim_end_matches('/'));
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map(web::Query::into_inner).unwrap_or_default();
    for subject in SUBJECTS {
        let in_path = request.match_info().get(subject).map(str::to_owned);
        let in_query = || query.iter().find(|(name, _)| name == subject);
        let value = in_path.or_else(|| in_query().map(|(_, value)| value.clone()));
        if let Some(value) = value {
            event = event.with(subject, value);
        }
    }
    event.write(request);
}

/// How the security log names where requests come from. To be in the application's data; without it, lines do not tell.
#[derive(Clone)]
pub struct Sources {
    admission: Admission,
    name: Arc<dyn Fn(IpAddr) -> String + Send + Sync>,
}

impl Sources {
    /// Names an address, of IPv6 its first 64 bits, by `name`. Those of proxies that `admission` trusts are not counted.
    pub fn new(
        admission: Admission,
        name: impl Fn(IpAddr) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            admission,
            name: Arc::new(name),
        }
    }

    /// The source of a request: its address, and the name to be made of it once it is asked for.
    pub(crate) fn of(request: &HttpRequest) -> Option<(Self, IpAddr)> {
        let sources = request.app_data::<web::Data<Self>>()?;
        let address = sources.admission.address(request)?;
        Some((sources.get_ref().clone(), address))
    }

    pub(crate) fn name(&self, address: IpAddr) -> String {
        (self.name)(address)
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources(…)")
    }
}
