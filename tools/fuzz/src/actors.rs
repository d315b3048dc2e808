//! The actors that send requests: people with their cookies, and programs with their tokens.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};
use serde_json::Value;

use crate::answer::json;
use crate::app::{Answer, Routes};
use crate::input::choose;
use crate::requests::Asked;

/// The kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// A visitor who has opened a page and has no session.
    Anonymous,
    /// A guest with a session.
    Guest,
    /// A user who is logged in.
    User,
    /// An admin who is logged in.
    Admin,
    /// A program with an admin's API token.
    Program,
    /// A bot with the reply token of a request that waits for its answer.
    Bot,
}

impl Who {
    const ALL: [Self; 6] = [
        Self::User,
        Self::Admin,
        Self::Program,
        Self::Anonymous,
        Self::Guest,
        Self::Bot,
    ];

    /// Returns the actor that `word` names, or else one that depends only on `word`.
    pub fn named(word: &str) -> Self {
        *choose(&Self::ALL, word, |who| who.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "nobody",
            Self::Guest => "guest",
            Self::User => "user",
            Self::Admin => "staff",
            Self::Program => "program",
            Self::Bot => "bot",
        }
    }

    /// Returns `true` if the actor may read everything.
    pub fn manages(self) -> bool {
        matches!(self, Self::Admin | Self::Program)
    }
}

/// The headers with which each actor identifies itself.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<Who, Vec<(HeaderName, HeaderValue)>>);

impl People {
    pub fn add(&mut self, who: Who, headers: Vec<(HeaderName, HeaderValue)>) {
        self.0.insert(who, headers);
    }

    /// Returns the headers of `who`.
    pub fn headers(&self, who: Who) -> Vec<(HeaderName, HeaderValue)> {
        self.0[&who].clone()
    }
}

/// Returns the headers of a program with this token.
pub(crate) fn bearer(token: &str) -> Vec<(HeaderName, HeaderValue)> {
    vec![(AUTHORIZATION, value(&format!("Bearer {token}")))]
}

/// A browser with the cookies that it has received.
#[derive(Debug, Default)]
pub(crate) struct Browser(BTreeMap<String, String>);

impl Browser {
    /// Creates a browser that has opened a page.
    pub async fn open(routes: &Routes) -> Self {
        let mut browser = Self::default();
        browser
            .ask(routes, Method::GET, "/unicom/auth/session", None)
            .await;
        browser
    }

    /// Sends a request that must succeed, and stores the cookies.
    ///
    /// # Panics
    ///
    /// Panics if the status is 300 or above.
    pub async fn ask(
        &mut self,
        routes: &Routes,
        method: Method,
        target: &str,
        body: Option<Value>,
    ) -> Value {
        let target = target.parse().expect("a target");
        let mut asked = Asked::new(method, target, self.headers());
        if let Some(body) = body {
            asked
                .headers
                .push((CONTENT_TYPE, value("application/json")));
            asked = asked.with_body(body.to_string());
        }
        self.send(routes, &asked).await
    }

    /// Sends any request that must succeed, and stores the cookies.
    ///
    /// # Panics
    ///
    /// Panics if the status is 300 or above.
    pub async fn send(&mut self, routes: &Routes, asked: &Asked) -> Value {
        let (request, payload) = asked.parts();
        let answer: Answer = routes(request, payload).await;
        assert!(
            answer.status < 300,
            "{asked}\n{}",
            answer.body.escape_ascii()
        );
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap_or_default();
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
        json(&answer)
    }

    /// Returns the value of a cookie, or an empty string if there is none.
    pub fn cookie(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Returns the cookies and the CSRF token, as a page's scripts send them.
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        vec![
            (COOKIE, value(&cookies)),
            (
                HeaderName::from_static("x-csrftoken"),
                value(self.cookie("csrftoken")),
            ),
        ]
    }
}

fn value(text: &str) -> HeaderValue {
    text.parse().expect("a header's value")
}
