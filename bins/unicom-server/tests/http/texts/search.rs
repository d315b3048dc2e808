//! Tests of searches: numbers of 64 bits, and case in every script.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::CHATS;
use crate::admin::path;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;

/// Encodes a text for a query.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Creates a chat with the metadata `{"n": …}`, with the JSON of the value as it is.
pub async fn open(client: &Client, name: &str, json: &str) {
    let body = format!(
        r#"{{"name": {}, "metadata": {{"n": {json}}}}}"#,
        json!(name)
    );
    let request = client.request(Method::POST, CHATS);
    request.body("application/json", body).send().await.ok();
}

/// Returns the names of the chats that a query finds, sorted.
pub async fn found(client: &Client, query: &str) -> Vec<String> {
    let chats = client
        .chats(&format!("limit=100&{query}"))
        .await
        .into_iter();
    let mut names: Vec<String> = chats
        .map(|chat| chat["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

both! {
    async fn numbers_are_compared_exactly(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let values = [
            "-9223372036854775808", "-9007199254740993", "-2.5", "0", "9.99", "10", "9007199254740992",
            "9007199254740993", "1546130668394913822", "1546130668394913823", "9223372036854775807",
            "18446744073709551614", "18446744073709551615",
        ];
        for value in values {
            open(&guest, value, value).await;
        }
        for (name, json) in [("true", "true"), ("\"9\"", "\"9\""), ("\"abc\"", "\"abc\""), ("null", "null"), ("[10]", "[10]")] {
            open(&guest, name, json).await;
        }
        let sorted = |values: &[&str]| {
            let mut values: Vec<String> = values.iter().map(|one| (*one).to_owned()).collect();
            values.sort();
            values
        };
        for (at, value) in values.iter().enumerate() {
            for (comparison, expected) in [
                ("", &values[at..=at]),
                ("__gte", &values[at..]),
                ("__gt", &values[at + 1..]),
                ("__lte", &values[..=at]),
                ("__lt", &values[..at]),
            ] {
                let query = format!("metadata__n{comparison}={value}");
                assert_eq!(found(&guest, &query).await, sorted(expected), "{query}");
            }
        }
        for (query, expected) in [
            ("metadata__n=10.0", &["10"][..]),
            ("metadata__n=1e1", &["10"]),
            ("metadata__n=%2B10", &["10"]),
            ("metadata__n=1546130668394913821", &[]),
            ("metadata__n__gt=9007199254740992.5&metadata__n__lt=9007199254740994", &["9007199254740993"]),
            // A string is equal to its digits, as a client that stores ids as strings expects.
            ("metadata__n=9", &["\"9\""]),
            ("metadata__n=true", &["true"]),
            ("metadata__n__gte=a", &["\"abc\""]),
            ("metadata__n__lt=b", &["\"9\"", "\"abc\""]),
            ("metadata__n__icontains=39491382", &["1546130668394913822", "1546130668394913823"]),
            ("metadata__n__icontains=.99", &["9.99"]),
        ] {
            assert_eq!(found(&guest, query).await, sorted(expected), "{query}");
        }
    }

    async fn case_does_not_matter_in_any_script(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, admin) = (app.guest().await, app.program().await);
        let names = [
            "Пётр Иванов", "ΟΔΥΣΣΕΎΣ", "ÄRGER", "Jose\u{301}", "İSTANBUL", "ｗｉｄｅ", "Գարեգին", "Straße", "50%_off\\", "a.b*(c)[d]^$|+?{e}",
        ];
        for name in names {
            open(&guest, name, &json!(name).to_string()).await;
            admin.post(&path("members/"), json!({ "name": name })).await.ok();
        }
        for (text, expected) in [
            ("пётр", Some("Пётр Иванов")),
            ("ПЁТР", Some("Пётр Иванов")),
            ("иВАНОВ", Some("Пётр Иванов")),
            ("οδυσσεύς", Some("ΟΔΥΣΣΕΎΣ")),
            ("οδυσ", Some("ΟΔΥΣΣΕΎΣ")),
            ("ärger", Some("ÄRGER")),
            ("JOSE\u{301}", Some("Jose\u{301}")),
            ("istanbul", Some("İSTANBUL")),
            ("ＷＩＤＥ", Some("ｗｉｄｅ")),
            ("գԱՐ", Some("Գարեգին")),
            ("STRAẞE", Some("Straße")),
            ("%_OFF\\", Some("50%_off\\")),
            ("A.B*(C)[D]^$|+?{E}", Some("a.b*(c)[d]^$|+?{e}")),
            ("a.c", None),
            ("%", Some("50%_off\\")),
            (".*", None),
            ("jos\u{e8}", None),
        ] {
            let expected: Vec<&str> = expected.into_iter().collect();
            let text_encoded = encoded(text);
            for filter in ["name__icontains", "metadata__n__icontains"] {
                let query = format!("{filter}={text_encoded}");
                assert_eq!(found(&guest, &query).await, expected, "{filter} {text}");
            }
            let members = admin.get(&path(&format!("members/?q={text_encoded}"))).await.ok();
            let members: Vec<&str> = members["members"].as_array().unwrap().iter()
                .map(|member| member["name"].as_str().unwrap())
                .collect();
            assert_eq!(members, expected, "{text}");
        }
    }

    async fn admins_find_accounts_and_addresses_in_any_case(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let body = json!({ "username": "petr", "password": crate::app::PASSWORD, "display_name": "Пётр Ёлкин" });
        let user = app.guest().await;
        user.post("/unicom/auth/register/", body).await.ok();
        user.say("hi").await;
        let found = async |query: &str| {
            let body = admin.get(&path(&format!("accounts/?q={}", encoded(query)))).await.ok();
            body["accounts"].as_array().unwrap().len()
        };
        for (query, count) in [("пётр", 1), ("ЁЛКИН", 1), ("ёлк", 1), ("WEBCHAT_USER", 1), ("елк", 0), ("_u%r", 0)] {
            assert_eq!(found(query).await, count, "{query}");
        }
        let member = json!({ "name": "Ada", "email": "ada@Exämple.org", "phone": "+491701234567" });
        admin.post(&path("members/"), member).await.ok();
        for query in ["ADA@EXÄMPLE", "0123", "aDa"] {
            let body = admin.get(&path(&format!("members/?q={}", encoded(query)))).await.ok();
            assert_eq!(body["members"][0]["name"], "Ada", "{query}");
        }
    }
}
