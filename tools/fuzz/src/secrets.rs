//! Checks that responses reveal no secrets, internals or data of other users.

use crate::app::Answer;
use crate::requests::Asked;

/// A marker in all data of the foreign user.
pub(crate) const FOREIGN: &str = "zqforeignzq";

/// Words that reveal internals. No message of the server contains them.
const INTERNALS: [&str; 14] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "sqlite",
    "SQLite",
    "diesel",
    "panicked",
    "unicom_",
    "constraint failed",
    ".rs:",
    "/rustc/",
    "RUST_BACKTRACE",
    "UnexpectedEof",
];

/// Secret values that no response may reveal.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Adds a secret. At least its random part must be included.
    pub fn add(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 20, "that is no secret: {secret}");
        self.0.push(secret);
    }

    /// Checks the parts of a response that a browser's scripts and other programs can read.
    pub fn are_kept(&self, asked: &Asked, answer: &Answer) {
        let told = told(answer);
        for secret in self.0.iter().map(String::as_str).chain(["$argon2"]) {
            assert!(
                !told.contains(secret) || asked.says(secret),
                "tells `{secret}`: {told}"
            );
        }
    }
}

/// Checks that the response contains no data of the foreign user.
pub(crate) fn tells_nothing_foreign(asked: &Asked, answer: &Answer) {
    let told = told(answer);
    assert!(
        !told.contains(FOREIGN) || asked.says(FOREIGN),
        "tells what is foreign: {told}"
    );
}

/// Checks that an error message reveals no internals.
pub(crate) fn tells_no_internals(asked: &Asked, sentence: &str, folder: &str) {
    for word in INTERNALS.into_iter().chain([folder]) {
        assert!(
            !sentence.contains(word) || asked.says(word),
            "tells internals: {sentence}"
        );
    }
}

/// Returns the body and the headers, without cookies, which may contain secrets.
fn told(answer: &Answer) -> String {
    let mut told = String::from_utf8_lossy(&answer.body).into_owned();
    for (name, value) in &answer.headers {
        if name != "set-cookie" {
            told.push('\n');
            told.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
    }
    told
}
