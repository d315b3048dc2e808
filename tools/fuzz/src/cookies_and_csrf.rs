//! Fuzzes cookies and the protection against cross-site request forgery (CSRF).

use actix_web::http::Method;
use actix_web::http::header::{COOKIE, HOST, HeaderName, ORIGIN, REFERER};
use serde_json::Value;
use url::Url;

use crate::actors::Who;
use crate::answer::code;
use crate::app::Answer;
use crate::fixture;
use crate::headers::headers;
use crate::input::{Names, choose, first_line};
use crate::requests::{Asked, HOST as OUR_HOST};
use crate::routes::method_and_target;

/// CSRF tokens, each with the `Cookie` headers that belong to it.
const WRITERS: [(&str, &[&str]); 5] = [
    (
        "{user_token}",
        &["sessionid={user_session}; csrftoken={user_token}"],
    ),
    (
        "{guest_token}",
        &[
            "sessionid={guest_session}; csrftoken={guest_token}",
            "sessionid={guest_session}; csrftoken={guest_token}; visitor={guest_visitor}",
        ],
    ),
    (
        "{staff_token}",
        &["sessionid={staff_session}; csrftoken={staff_token}"],
    ),
    (
        "{nobody_token}",
        &[
            "csrftoken={nobody_token}",
            "csrftoken={nobody_token}; visitor={nobody_visitor}",
        ],
    ),
    (
        // The token of a guest who has just written. It identifies no account, so any visitor may
        // write with it.
        "{foreign_token}",
        &[
            "csrftoken={foreign_token}",
            "csrftoken={foreign_token}; visitor={nobody_visitor}",
        ],
    ),
];

/// The sessions of all actors.
const SESSIONS: [&str; 4] = [
    "{user_session}",
    "{guest_session}",
    "{staff_session}",
    "{foreign_session}",
];

/// Request bodies, none of which is a reason to refuse a request.
const BODIES: [(&str, &str); 3] = [
    ("application/json", r#"{"text": "hello"}"#),
    ("application/x-www-form-urlencoded", "text=hello"),
    (
        "multipart/form-data; boundary=X",
        "--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhello\r\n--X--\r\n",
    ),
];

/// Parses the input as a request without a body: `POST /unicom/webchat/send` and its headers.
/// `Content-Type` selects a body.
///
/// For requests that may write, checks that:
///
/// - an accepted request has a known CSRF token in its header, and any `Origin` and `Referer`
///   belong to this site,
/// - a request with all of these and exactly the cookies of its token passes the CSRF protection,
/// - a request that writes as a guest who has just written has that guest's `visitor` cookie,
/// - a request refused with `ambiguous_session` contains at least two sessions.
pub fn cookies_and_csrf(data: &[u8]) {
    let (line, rest) = first_line(data);
    let line = String::from_utf8_lossy(line);
    fixture::with(|world| {
        let methods = [
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::GET,
        ];
        let line = line.replace("{target}", "/unicom/webchat/send");
        let Some((method, target)) = method_and_target(&methods, &line, &world.names) else {
            return;
        };
        let (mut given, _) = headers(rest, &world.names);
        // Remove headers that no page can make a browser send, or that would authenticate without
        // cookies.
        given.retain(|(name, _)| !is_out_of_reach(name));
        let kind = given.iter().find(|(name, _)| name == "content-type");
        let kind = kind
            .and_then(|(_, value)| value.to_str().ok())
            .unwrap_or_default();
        let (kind, body) = choose(&BODIES, kind, |(known, _)| *known == kind);
        given.retain(|(name, _)| name != "content-type");
        given.push((
            HeaderName::from_static("content-type"),
            kind.parse().expect("a type"),
        ));

        let asked = Asked::new(method, target, given).with_body(*body);
        let shown = Shown::by(&asked, &world.names);
        let answer = world.ask(Who::Anonymous, &asked);
        if asked.reads() {
            return;
        }
        if answer.status < 400 {
            assert!(shown.token, "{} without a token", answer.status);
            assert!(
                shown.origin,
                "{} from a page of another site",
                answer.status
            );
            let chat = answer_chat(&answer);
            assert!(
                chat != world.names.fill("{foreign_guest_chat_id}")
                    || asked.says(&world.names.fill("{foreign_visitor}")),
                "writes as another actor: {asked}"
            );
        } else if shown.is_all() && shown.cookies {
            assert_ne!(code(&answer).as_deref(), Some("csrf_failed"), "{asked}");
        }
        if code(&answer).as_deref() == Some("ambiguous_session") {
            let says = |session: &&&str| asked.says(&world.names.fill(session));
            assert!(SESSIONS.iter().filter(says).count() >= 2, "{asked}");
        }
    });
}

/// The credentials of a request.
struct Shown {
    /// Whether the header `X-CSRFToken` is a known token.
    token: bool,
    /// Whether `Origin` and `Referer`, if present, belong to this site.
    origin: bool,
    /// Whether the cookies are exactly those that belong to the token.
    cookies: bool,
}

impl Shown {
    fn by(asked: &Asked, names: &Names) -> Self {
        let all = |wanted: &str| {
            let found = asked
                .headers
                .iter()
                .filter(|(name, _)| name.as_str() == wanted);
            found.map(|(_, value)| value.as_bytes()).collect::<Vec<_>>()
        };
        let tokens = all("x-csrftoken");
        let writer = WRITERS
            .iter()
            .find(|(token, _)| tokens.first() == Some(&names.fill(token).as_bytes()));
        let sent = all(COOKIE.as_str());
        let are_right = |right: &&str| sent == [names.fill(right).as_bytes()];
        let (origins, referrers) = (all(ORIGIN.as_str()), all(REFERER.as_str()));
        // If a header is repeated, the first one counts. An empty referrer says nothing beside an
        // origin.
        let origin = origins.first();
        let referrer = referrers.first();
        let referrer = referrer.filter(|said| origin.is_none() || !said.is_empty());
        Self {
            token: writer.is_some(),
            origin: origin.into_iter().chain(referrer).all(|said| is_ours(said)),
            cookies: writer.is_some_and(|(_, cookies)| cookies.iter().any(are_right)),
        }
    }

    fn is_all(&self) -> bool {
        self.token && self.origin
    }
}

/// Returns the id of the chat that the message was written to.
fn answer_chat(answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body["chat_id"].as_str().unwrap_or_default().to_owned()
}

fn is_ours(page: &[u8]) -> bool {
    let ours = Url::parse(&format!("http://{OUR_HOST}")).map(|url| url.origin());
    let page = std::str::from_utf8(page)
        .ok()
        .and_then(|page| Url::parse(page).ok());
    page.is_some_and(|page| Ok(page.origin()) == ours)
}

fn is_out_of_reach(name: &HeaderName) -> bool {
    [
        HOST.as_str(),
        "authorization",
        "forwarded",
        "content-length",
        "transfer-encoding",
    ]
    .contains(&name.as_str())
        || name.as_str().starts_with("x-forwarded")
        || name.as_str() == "content-encoding"
}
