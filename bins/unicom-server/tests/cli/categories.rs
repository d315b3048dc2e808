//! Tests of `unicom category`.

use serde_json::{Value, json};
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{UNKNOWN_ID, Workspace, has};
use crate::{server::Server, visitor::Visitor};

const REFUNDS: &str = r#"{"kind":"keywords","any":["refund","money back"]}"#;

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn category_lifecycle(db: &TestDatabase) {
        let home = Workspace::on(db);
        let made = home.json(&[
            "category", "create", "Refunds", "--description", "Money back", "--public", "--matcher", REFUNDS,
            "--bot", "echo",
        ]);
        let id = id_of(&made);
        let expected = json!({
            "name": "Refunds", "description": "Money back", "sequence": 1, "public": true, "active": true,
            "parent_id": null, "matcher": serde_json::from_str::<Value>(REFUNDS).unwrap(), "bot": "echo",
            "channel_ids": [], "member_ids": [], "group_ids": [],
        });
        assert_has(&made, expected);
        assert_eq!(home.json(&["category", "show", &id]), made);
        assert_eq!(home.json(&["category", "list"]), json!([made]));
        has(&home.run(&["category", "show", &id]).ok(), &["name: Refunds", "bot: echo", "channel_ids: []"]);

        let changed = home.json(&[
            "category", "update", &id, "--name", "Returns", "--description", "", "--public", "false", "--active",
            "false", "--no-matcher", "--no-bot", "--sequence", "-3",
        ]);
        let expected = json!({
            "name": "Returns", "description": "", "public": false, "active": false, "matcher": null, "bot": null,
            "sequence": -3,
        });
        assert_has(&changed, expected);
        let bot = json!({ "kind": "llm", "base_url": "https://model.example.org/v1", "model": "small" });
        has(&home.run(&["category", "update", &id, "--bot", &bot.to_string()]).ok(), &["is changed"]);
        assert_eq!(home.json(&["category", "show", &id])["bot"], bot);
        has(&home.run(&["category", "delete", &id, "--yes"]).ok(), &["is deleted"]);
        assert_eq!(home.json(&["category", "list"]), json!([]));
        let of = |action: &str| format!("cli {action} category:{id}");
        let expected = ["category.delete", "category.update", "category.update", "category.create"];
        assert_eq!(home.audited(), expected.map(of));
    }

    fn categories_form_a_tree(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = |arguments: &[&str]| id_of(&home.json(&[&["category", "create"], arguments].concat()));
        let sales = create(&["Sales", "--bot", "echo"]);
        let offers = create(&["Offers", "--parent", &sales, "--matcher", REFUNDS]);
        let help = create(&["Help", "--inactive", "--sequence", "0"]);
        let orders = create(&["Orders", "--parent", &sales, "--sequence", "0"]);
        let large = create(&["Large", "--parent", &orders]);

        let listed = home.json(&["category", "list"]);
        let ids: Vec<_> = listed.as_array().unwrap().iter().map(id_of).collect();
        assert_eq!(ids, [&help, &sales, &orders, &large, &offers].map(String::clone));
        let tree = home.run(&["category", "list"]).ok();
        let lines: Vec<Vec<&str>> = tree.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["NAME", "SEQUENCE", "ACTIVE", "PUBLIC", "MATCHER", "BOT", "ID"]);
        assert_eq!(lines[1], ["Help", "0", "false", "false", "-", "-", &help]);
        assert_eq!(lines[2], ["Sales", "1", "true", "false", "-", "echo", &sales]);
        assert_eq!(lines[5], ["Offers", "1", "true", "false", "keywords", "-", &offers]);
        for (line, indent) in tree.lines().skip(1).zip([0, 0, 2, 4, 2]) {
            assert_eq!(line.len() - line.trim_start().len(), indent, "{tree}");
        }

        assert_eq!(home.json(&["category", "update", &large, "--no-parent", "--sequence", "2"])["parent_id"], json!(null));
        let said = home.run(&["category", "update", &sales, "--parent", &orders]).wrong_use();
        has(&said, &["`parent_id` must not be below the category itself"]);
        has(&home.run(&["category", "delete", &sales, "--yes"]).ok(), &["and the 2 below it are deleted"]);
        assert_eq!(home.json(&["category", "list"]).as_array().map(Vec::len), Some(2));
    }

    fn each_access_list_can_be_changed_separately(db: &TestDatabase) {
        let home = Workspace::on(db);
        let (site, shop) = (home.echo_channel(), home.echo_channel());
        let ada = id_of(&home.json(&["member", "create", "Ada"]));
        let bob = id_of(&home.json(&["member", "create", "Bob"]));
        let group = id_of(&home.json(&["group", "create", "Partners"]));
        let made = home.json(&[
            "category", "create", "Offers", "--channel", &site.to_string(), "--channel", &shop.to_string(),
            "--member", &ada, "--group", &group,
        ]);
        let id = id_of(&made);
        assert_has(&made, json!({ "channel_ids": [site, shop], "member_ids": [ada], "group_ids": [group] }));
        let update = |arguments: &[&str]| home.json(&[&["category", "update", &id], arguments].concat());
        assert_has(
            &update(&["--member", &bob]),
            json!({ "channel_ids": [site, shop], "member_ids": [bob], "group_ids": [group] }),
        );
        assert_has(
            &update(&["--no-members", "--channel", &shop.to_string()]),
            json!({ "channel_ids": [shop], "member_ids": [], "group_ids": [group] }),
        );
        assert_has(
            &update(&["--any-channel", "--no-groups"]),
            json!({ "channel_ids": [], "member_ids": [], "group_ids": [] }),
        );
        let said = home.run(&["category", "update", &id, "--member", UNKNOWN_ID]).wrong_use();
        has(&said, &["`member_ids` must name members that exist, each once"]);
        let said = home.run(&["category", "update", &id, "--channel", "1", "--any-channel"]).wrong_use();
        has(&said, &["--any-channel"]);
        let details = home.json(&["audit", "list", "--limit", "1"])[0]["details"].clone();
        assert_eq!(details, json!({ "channel_ids": [], "group_ids": [] }));
    }

    fn invalid_category_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = |arguments: &[&str]| home.run(&[&["category", "create"], arguments].concat()).wrong_use();
        has(&create(&[" "]), &["`name` must have 1 to 255 characters"]);
        for matcher in ["{", "[]", "refund"] {
            has(&create(&["Refunds", "--matcher", matcher]), &["--matcher", "expected a JSON object"]);
        }
        has(&create(&["Refunds", "--matcher", r#"{"kind":"magic"}"#]), &["`matcher` is invalid"]);
        has(&create(&["Refunds", "--bot", "nobody"]), &["`bot` is invalid", "`nobody`", "expected one of"]);
        has(&create(&["Refunds", "--bot", "{}"]), &["`bot` is invalid", "`kind`"]);
        has(&create(&["Refunds", "--bot", "{"]), &["--bot", "expected a JSON object"]);
        has(&create(&["Refunds", "--parent", UNKNOWN_ID]), &["`parent_id` must be the id of a category"]);
        has(&create(&["Refunds", "--parent", "Sales"]), &["--parent"]);
        has(&create(&["Refunds", "--channel", "first"]), &["--channel"]);
        has(&create(&["Refunds", "--channel", "999"]), &["`channel_ids`"]);
        assert_eq!(home.json(&["category", "list"]), json!([]));
        home.run(&["category", "create", "Refunds", "--sequence", "1"]).ok();
        has(&create(&["Returns", "--sequence", "1"]), &["`sequence` is taken"]);
        assert_eq!(home.audited().len(), 1);
    }

    fn keywords_match_whatever_the_spelling(db: &TestDatabase) {
        let home = Workspace::on(db);
        for (number, (keyword, text, expected)) in [
            ("退款", "我要退款，谢谢", true),
            ("返金", "すぐに返金してください", true),
            ("คืนเงิน", "ฉันต้องการคืนเงินค่ะ", true),
            ("don't", "I don’t know", true),
            ("e-mail", "my E–MAIL", true),
            ("café", "the cafe\u{301}", true),
            ("ｒｅｆｕｎｄ", "re\u{ad}fund!", true),
            ("refund", "refunds", false),
            ("환불", "환불해", false),
        ].into_iter().enumerate() {
            let matcher = json!({ "kind": "keywords", "any": [keyword] }).to_string();
            let made = home.json(&["category", "create", &format!("c{number}"), "--matcher", &matcher]);
            let tested = home.json(&["category", "test", &id_of(&made), "--text", text]);
            assert_eq!(tested["matches"], expected, "{keyword} in {text}");
        }
        let nothing = json!({ "kind": "keywords", "any": ["\u{200b}"] }).to_string();
        let refused = home.run(&["category", "create", "x", "--matcher", &nothing]).wrong_use();
        has(&refused, &["`any[0]`", "visible characters"]);
    }

    async fn matcher_can_be_tested(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = id_of(&home.json(&["category", "create", "Refunds", "--matcher", REFUNDS]));
        let test = |arguments: &[&str]| home.run(&[&["category", "test", &id, "--text"], arguments].concat());
        let matches = |arguments: &[&str]| {
            home.json(&[&["category", "test", &id, "--text"], arguments].concat())["matches"].clone()
        };
        has(&test(&["I want a REFUND!"]).ok(), &["category `Refunds` matches"]);
        has(&test(&["Where are you?"]).ok(), &["does not match"]);
        assert_eq!(matches(&["my money back"]), true);
        assert_eq!(matches(&["money"]), false);

        home.echo_channel();
        let server = Server::serve(&home);
        let account = Visitor::of(&server).send("Hello!").await;
        assert_eq!(matches(&["A refund", "--account", &account]), true);
        let said = test(&["A refund", "--account", "nobody"]).failure();
        has(&said, &["account `nobody` does not exist"]);
        home.run(&["category", "test", &id]).wrong_use();

        let script = |source: &str| {
            let matcher = json!({ "kind": "script", "source": source }).to_string();
            home.run(&["category", "update", &id, "--matcher", &matcher]).ok();
        };
        script(&format!(r#"account.id == "{account}" && message.sender_name == account.name && channel.name == "Site""#));
        assert_eq!(matches(&["A refund", "--account", &account]), true);
        assert_eq!(matches(&["A refund"]), false);
        script("loop {}");
        has(&test(&["A refund"]).failure(), &["category `Refunds`: matcher failed"]);

        home.run(&["category", "update", &id, "--no-matcher"]).ok();
        has(&test(&["refund"]).ok(), &["has no matcher"]);
        assert_eq!(matches(&["refund"]), json!(null));
    }

    fn unknown_category_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let missing = format!("category `{UNKNOWN_ID}` does not exist");
        for command in [
            &["show", UNKNOWN_ID][..],
            &["update", UNKNOWN_ID, "--name", "Sales"],
            &["update", UNKNOWN_ID, "--any-channel"],
            &["delete", UNKNOWN_ID, "--yes"],
            &["test", UNKNOWN_ID, "--text", "Hello!"],
        ] {
            has(&home.run(&[&["category"], command].concat()).failure(), &[&missing]);
        }
        has(&home.run(&["category", "update", UNKNOWN_ID]).wrong_use(), &["nothing to change"]);
        home.run(&["category", "show", "Sales"]).wrong_use();
        assert_eq!(home.audited(), [""; 0]);
    }
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_has(found: &Value, expected: Value) {
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&found[field], value, "{field}");
    }
}
