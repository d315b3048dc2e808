//! Tests of `unicom group`.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{UNKNOWN_ID, Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn group_lifecycle(db: &TestDatabase) {
        let home = Workspace::on(db);
        let made = home.json(&["group", "create", "Partners", "--description", "Who sells"]);
        let id = made["id"].as_str().unwrap();
        has(&home.run(&["group", "list"]).ok(), &[id, "Partners", "Who sells"]);
        assert_eq!(home.json(&["group", "list"]), json!([made]));
        let changed = home.json(&["group", "update", id, "--name", "Resellers", "--description", ""]);
        assert_eq!((&changed["name"], &changed["description"]), (&json!("Resellers"), &json!("")));
        has(&home.run(&["group", "update", id, "--name", "Dealers"]).ok(), &["is changed"]);
        has(&home.run(&["group", "delete", id, "--yes"]).ok(), &["is deleted"]);
        assert_eq!(home.json(&["group", "list"]), json!([]));
        let of = |action: &str| format!("cli {action} group:{id}");
        assert_eq!(home.audited(), ["group.delete", "group.update", "group.update", "group.create"].map(of));
    }

    fn members_are_added_and_removed(db: &TestDatabase) {
        let home = Workspace::on(db);
        let made = |arguments: &[&str]| home.json(arguments)["id"].as_str().unwrap().to_owned();
        let group = made(&["group", "create", "Partners"]);
        let (ada, bob) = (made(&["member", "create", "Ada"]), made(&["member", "create", "Bob"]));
        has(&home.run(&["group", "add", &group, &bob]).ok(), &[&bob, "is in group", &group, "now"]);
        let added = json!({ "group_id": group, "member_id": ada });
        assert_eq!(home.json(&["group", "add", &group, &ada]), added);
        has(&home.run(&["group", "add", &group, &ada]).ok(), &["already"]);

        let shown = home.json(&["group", "show", &group]);
        let names: Vec<_> = shown["members"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["Ada", "Bob"]);
        has(&home.run(&["group", "show", &group]).ok(), &["name: Partners", &ada, &bob, "Bob"]);
        assert_eq!(home.json(&["member", "show", &ada])["groups"][0]["name"], "Partners");
        has(&home.run(&["member", "show", &ada]).ok(), &["name: Ada", &group, "Partners"]);

        has(&home.run(&["group", "remove", &group, &ada]).ok(), &["no longer"]);
        let said = home.run(&["group", "remove", &group, &ada]).failure();
        has(&said, &[&format!("member `{ada}` is not in group `{group}`")]);
        let of = |action: &str| format!("cli {action} group:{group}");
        let expected = ["group.remove_member", "group.add_member", "group.add_member"].map(of);
        assert_eq!(home.audited()[..3], expected);
        home.run(&["group", "delete", &group, "--yes"]).ok();
        assert_eq!(home.json(&["member", "show", &bob])["groups"], json!([]));
    }

    fn invalid_group_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.run(&["group", "create", ""]).wrong_use(), &["`name` must have 1 to 255 characters"]);
        let long = "x".repeat(2001);
        let said = home.run(&["group", "create", "Partners", "--description", &long]).wrong_use();
        has(&said, &["`description` must have at most 2000 characters"]);
        let id = home.json(&["group", "create", "Partners"])["id"].as_str().unwrap().to_owned();
        has(&home.run(&["group", "create", "Partners"]).wrong_use(), &["`name` belongs to another group"]);
        home.run(&["group", "create", "Staff"]).ok();
        let update = ["group", "update", &id, "--name", "Staff"];
        has(&home.run(&update).wrong_use(), &["`name` belongs to another group"]);
        has(&home.run(&["group", "update", &id]).wrong_use(), &["nothing to change"]);
        assert_eq!(home.audited().len(), 2);
    }

    fn unknown_group_or_member_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let group = home.json(&["group", "create", "Partners"])["id"].as_str().unwrap().to_owned();
        let no_group = format!("group `{UNKNOWN_ID}` does not exist");
        for command in [
            &["show", UNKNOWN_ID][..],
            &["update", UNKNOWN_ID, "--name", "Staff"],
            &["delete", UNKNOWN_ID, "--yes"],
            &["add", UNKNOWN_ID, UNKNOWN_ID],
            &["remove", UNKNOWN_ID, UNKNOWN_ID],
        ] {
            has(&home.run(&[&["group"], command].concat()).failure(), &[&no_group]);
        }
        let no_member = format!("member `{UNKNOWN_ID}` does not exist");
        has(&home.run(&["group", "add", &group, UNKNOWN_ID]).failure(), &[&no_member]);
        home.run(&["group", "add", &group]).wrong_use();
        home.run(&["group", "add", &group, "Ada"]).wrong_use();
    }
}
