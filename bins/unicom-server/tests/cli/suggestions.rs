//! Tests of what commands suggest instead of an id or a name that does not exist.

use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{UNKNOWN_ID, Workspace, has};

/// Returns the id with another last character.
fn mistyped(id: &str) -> String {
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..id.len() - 1])
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn nearest_id_or_name_is_suggested(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.new_user("wittgenstein");
        home.run(&["bot", "create", "parrot", "--kind", "echo"]).ok();
        let channel = home.echo_channel();
        let id = |made: serde_json::Value| made["id"].as_str().unwrap().to_owned();
        let category = id(home.json(&["category", "create", "Sales"]));
        let group = id(home.json(&["group", "create", "Staff"]));
        let member = id(home.json(&["member", "create", "Ada"]));
        for (arguments, id, meant) in [
            (&["bot", "show"][..], "parot", "parrot"),
            (&["bot", "delete", "--yes"], "parrto", "parrot"),
            (&["user", "show"], "witgenstein", "wittgenstein"),
            (&["token", "create", "--name", "export"], "wittgenstien", "wittgenstein"),
            (&["channel", "show"], &format!("{channel}1"), &channel.to_string()),
            (&["category", "test", "--text", "Hello!"], &mistyped(&category), &category),
            (&["category", "delete", "--yes"], &mistyped(&category), &category),
            (&["group", "show"], &mistyped(&group), &group),
            (&["member", "show"], &mistyped(&member), &member),
        ] {
            let said = home.run(&[arguments, &[id]].concat()).failure();
            has(&said, &[&format!("`{id}` does not exist: did you mean `{meant}`?")]);
        }
    }

    fn unlike_items_are_not_suggested(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.new_user("ada");
        home.echo_channel();
        home.run(&["group", "create", "Staff"]).ok();
        for arguments in [
            &["user", "show", "eve"][..],
            &["channel", "show", "7"],
            &["bot", "show", "parrot"],
            &["group", "show", UNKNOWN_ID],
            &["category", "show", UNKNOWN_ID],
        ] {
            assert!(home.run(arguments).failure().ends_with("does not exist\n"));
        }
    }
}
