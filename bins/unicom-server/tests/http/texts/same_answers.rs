//! A test that both engines answer the same searches alike.

use serde_json::{Value, json};
use unicom_testing::{TestDatabase, block_on};

use super::search::{encoded, found, open};
use crate::admin::path;
use crate::app::TestApp;
use crate::client::Client;

/// Letters with several cases, marks, operators of patterns, and letters of one case only.
const LETTERS: [&str; 32] = [
    "a",
    "A",
    "ä",
    "A\u{308}",
    "ß",
    "ẞ",
    "s",
    "ſ",
    "K",
    "k",
    "İ",
    "I",
    "ı",
    "i",
    "Σ",
    "σ",
    "ς",
    "ё",
    "Е\u{308}",
    "ǅ",
    "ﬁ",
    "ｆ",
    "退",
    "%",
    "_",
    "\\",
    ".",
    "[",
    "1",
    "²",
    " ",
    "\u{345}",
];

const NUMBERS: [&str; 16] = [
    "0",
    "-1",
    "1",
    "1.5",
    "-1.5",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e300",
    "-1e-300",
    "0.1",
    "0.30000000000000004",
];

/// A generator of numbers that are the same in every run (Knuth, MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    fn text(&mut self, longest: usize) -> String {
        let length = 1 + self.below(longest);
        (0..length).map(|_| self.pick(&LETTERS)).collect()
    }

    fn json(&mut self) -> String {
        match self.below(8) {
            0 => "true".to_owned(),
            1 => "null".to_owned(),
            2 => json!(self.pick(&NUMBERS)).to_string(),
            3 | 4 => json!(self.text(4)).to_string(),
            _ => self.pick(&NUMBERS).to_owned(),
        }
    }

    fn query(&mut self) -> String {
        match self.below(8) {
            0 | 1 => format!("name__icontains={}", encoded(&self.text(2))),
            2 => format!("metadata__n__icontains={}", encoded(&self.text(2))),
            3 => format!(
                "metadata__n__icontains={}",
                self.pick(&["1", "9", "e", ".", "0", "TRUE"])
            ),
            4 => format!("metadata__n={}", encoded(&self.text(2))),
            _ => {
                let comparison = self.pick(&["", "__gt", "__gte", "__lt", "__lte"]);
                let value = match self.below(4) {
                    0 => self.text(1),
                    _ => self.pick(&NUMBERS).to_owned(),
                };
                format!("metadata__n{comparison}={}", encoded(&value))
            }
        }
    }
}

/// Starts a server with chats and members that are the same on every engine.
async fn filled(db: &TestDatabase) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (guest, admin) = (app.guest().await, app.program().await);
    let mut random = Random(1);
    for number in 0..80 {
        let name = format!("{number:02}{}", random.text(5));
        open(&guest, &name, &random.json()).await;
        let member = json!({ "name": format!("{}{number:02}", random.text(5)) });
        admin.post(&path("members/"), member).await.ok();
    }
    (app, guest, admin)
}

async fn members(admin: &Client, text: &str) -> Vec<Value> {
    let query = format!("members/?limit=100&q={}", encoded(text));
    let found = admin.get(&path(&query)).await.ok();
    let found = found["members"].as_array().unwrap().iter();
    found.map(|member| member["name"].clone()).collect()
}

#[test]
fn both_engines_answer_searches_alike() {
    let sets = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];
    let Some(postgres) = TestDatabase::postgres(&sets) else {
        return;
    };
    block_on(async {
        let (_sqlite_app, sqlite, sqlite_admin) = filled(&TestDatabase::sqlite(&sets)).await;
        let (_postgres_app, postgres, postgres_admin) = filled(&postgres).await;
        let (mut random, mut hits) = (Random(2), 0);
        for _ in 0..300 {
            let query = random.query();
            let names = found(&sqlite, &query).await;
            assert_eq!(names, found(&postgres, &query).await, "{query}");
            hits += usize::from(!names.is_empty());
        }
        for _ in 0..60 {
            let text = random.text(2);
            let names = members(&sqlite_admin, &text).await;
            assert_eq!(names, members(&postgres_admin, &text).await, "{text:?}");
            hits += usize::from(!names.is_empty());
        }
        assert!(hits > 100, "only {hits} searches found something");
    });
}
