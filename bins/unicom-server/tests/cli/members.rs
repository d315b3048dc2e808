//! Tests of `unicom member`.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{UNKNOWN_ID, Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn member_lifecycle(db: &TestDatabase) {
        let home = Workspace::on(db);
        let contact = ["--email", " Ada@Example.com ", "--email-verified", "--phone", "+49 170 1234567"];
        let user = home.new_user("ada");
        let made = home.json(&[&["member", "create", "Ada", "--user", &user], contact.as_slice()].concat());
        let id = made["id"].as_str().unwrap();
        let expected = json!({
            "name": "Ada", "user_id": user, "email": "ada@example.com", "email_verified": true,
            "phone": "+491701234567", "phone_verified": false,
        });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&made[field], value, "{field}");
        }
        has(&home.run(&["member", "list"]).ok(), &[id, "Ada", "ada@example.com", "+491701234567"]);
        assert_eq!(home.json(&["member", "list"]), json!([made]));
        has(&home.run(&["member", "show", id]).ok(), &["name: Ada", "email: ada@example.com", "ID"]);

        let changed = home.json(&["member", "update", id, "--name", "Ada L.", "--email", "al@example.com"]);
        assert_eq!((&changed["name"], &changed["email_verified"]), (&json!("Ada L."), &json!(false)));
        let changed = home.json(&["member", "update", id, "--email-verified", "true", "--no-phone", "--no-user"]);
        assert_eq!(changed["email_verified"], true);
        assert_eq!((&changed["phone"], &changed["user_id"]), (&json!(null), &json!(null)));
        has(&home.run(&["member", "update", id, "--no-email"]).ok(), &["is changed"]);
        let shown = home.json(&["member", "show", id]);
        assert_eq!((&shown["email"], &shown["email_verified"]), (&json!(null), &json!(false)));
        assert_eq!(shown["groups"], json!([]));

        has(&home.run(&["member", "delete", id, "--yes"]).ok(), &["is deleted"]);
        assert_eq!(home.json(&["member", "list"]), json!([]));
        let of = |action: &str| format!("cli {action} member:{id}");
        let expected = ["member.delete", "member.update", "member.update", "member.update", "member.create"];
        assert_eq!(home.audited()[..5], expected.map(of));
        let details = |line: usize| home.json(&["audit", "list"])[line]["details"].clone();
        let expected = json!({
            "name": "set", "email": "set", "email_verified": true, "phone": "set", "user_id": user,
        });
        assert_eq!(details(4), expected, "the trail outlives what it tells of");
        assert_eq!(details(1), json!({ "email": "cleared" }));
    }

    fn members_can_be_searched_and_paged(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = |arguments: &[&str]| {
            let made = home.json(&[&["member", "create"], arguments].concat());
            made["id"].as_str().unwrap().to_owned()
        };
        let ada = id(&["Ada", "--email", "countess@example.com"]);
        let bob = id(&["Bob", "--phone", "+49 170 1234567"]);
        let eve = id(&["Eve_"]);
        let list = |arguments: &[&str]| -> Vec<String> {
            let found = home.json(&[&["member", "list"], arguments].concat());
            found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(list(&["--q", "COUNTESS"]), [ada.as_str()]);
        assert_eq!(list(&["--q", "70123"]), [bob.as_str()]);
        assert_eq!(list(&["--q", "_"]), [eve.as_str()]);
        assert_eq!(list(&["--q", "%"]), [""; 0]);
        assert_eq!(list(&["--limit", "2"]), [ada.as_str(), &bob]);
        assert_eq!(list(&["--after", &bob]), [eve]);
    }

    fn invalid_member_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = |arguments: &[&str]| home.run(&[&["member", "create"], arguments].concat());
        has(&create(&[" "]).wrong_use(), &["`name` must have 1 to 255 characters"]);
        has(&create(&["Ada", "--email", "ada"]).wrong_use(), &["`email` must be an e-mail address"]);
        has(&create(&["Ada", "--phone", "0170"]).wrong_use(), &["`phone` must be a telephone number"]);
        has(&create(&["Ada", "--email-verified"]).wrong_use(), &["--email"]);
        has(&create(&["Ada", "--phone-verified"]).wrong_use(), &["--phone"]);
        assert_eq!(home.json(&["member", "list"]), json!([]));
        let user = home.new_user("ada");
        create(&["Ada", "--user", &user]).ok();
        has(&create(&["Bob", "--user", &user]).wrong_use(), &["`user_id` belongs to another member"]);
        assert_eq!(home.audited().len(), 2, "what was refused is not in the trail");
    }

    fn member_is_linked_only_to_existing_users(db: &TestDatabase) {
        let home = Workspace::on(db);
        let user = home.new_user("ada");
        let made = home.json(&["member", "create", "Bob"]);
        let id = made["id"].as_str().unwrap();
        let next = (user.parse::<i64>().unwrap() + 1).to_string();
        for wrong in [&*next, "0", "-1", "01", "ada", " "] {
            let user = format!("--user={wrong}");
            has(&home.run(&["member", "create", "Eve", &user]).wrong_use(), &["`user_id` must "]);
            has(&home.run(&["member", "update", id, &user]).wrong_use(), &["`user_id` must "]);
        }
        assert_eq!(home.json(&["member", "list"]), json!([made]));
        let changed = home.json(&["member", "update", id, "--user", &format!(" {user} ")]);
        assert_eq!(changed["user_id"], *user);
    }

    fn invalid_update_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let made = home.json(&["member", "create", "Ada"]);
        let id = made["id"].as_str().unwrap();
        has(&home.run(&["member", "update", id]).wrong_use(), &["nothing to change"]);
        let both = ["member", "update", id, "--email", "ada@example.com", "--no-email"];
        has(&home.run(&both).wrong_use(), &["--no-email"]);
        has(&home.run(&["member", "update", id, "--phone", "7"]).wrong_use(), &["`phone`"]);
        has(&home.run(&["member", "update", id, "--email-verified", "maybe"]).wrong_use(), &["true", "false"]);
        assert_eq!(home.json(&["member", "list"]), json!([made]));
    }

    fn unknown_member_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let missing = format!("member `{UNKNOWN_ID}` does not exist");
        for command in [&["show", UNKNOWN_ID][..], &["update", UNKNOWN_ID, "--name", "Ada"], &["delete", UNKNOWN_ID, "--yes"]] {
            has(&home.run(&[&["member"], command].concat()).failure(), &[&missing]);
        }
        home.run(&["member", "show", "7"]).wrong_use();
        home.run(&["member", "list", "--limit", "0"]).wrong_use();
        assert_eq!(home.audited(), [""; 0]);
    }
}
