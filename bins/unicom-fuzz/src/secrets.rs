//! What no answer may tell.

use crate::app::Answer;
use crate::requests::Asked;

/// What stands in everything that belongs to somebody else.
pub(crate) const FOREIGN: &str = "zqforeignzq";

/// Words of what is inside, as none of the server's sentences has them.
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

/// What is known here and nowhere else.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// One more: at least the part of it that is random.
    pub fn add(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 20, "that is no secret: {secret}");
        self.0.push(secret);
    }

    /// Looks through what a browser's scripts and other programs can read.
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

/// That nobody reads what is not theirs.
pub(crate) fn tells_nothing_foreign(asked: &Asked, answer: &Answer) {
    let told = told(answer);
    assert!(
        !told.contains(FOREIGN) || asked.says(FOREIGN),
        "tells what is foreign: {told}"
    );
}

/// That a failure tells nothing of what is inside.
pub(crate) fn tells_no_internals(asked: &Asked, sentence: &str, folder: &str) {
    for word in INTERNALS.into_iter().chain([folder]) {
        assert!(
            !sentence.contains(word) || asked.says(word),
            "tells internals: {sentence}"
        );
    }
}

/// The body and the headers, but for cookies, which are where secrets belong.
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
