//! Tests of the question before a command deletes something.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::terminal::{CTRL_D, on_terminal};
use crate::workspace::{UNKNOWN_ID, Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn terminal_is_asked_before_an_item_is_deleted(db: &TestDatabase) {
        let home = Workspace::on(db);
        let channel = home.echo_channel().to_string();
        let delete = ["channel", "delete", &channel];
        let question = format!("Delete channel `{channel}` (Site)? [y/N] ");
        for keys in ["n\n", "\n", "yess\n", CTRL_D] {
            let (code, shown) = on_terminal(home.command(&delete), 80, keys);
            assert_eq!(code, Some(1), "{shown}");
            has(&shown, &[&question, "unicom: nothing was changed\n"]);
        }
        assert_eq!(home.json(&["channel", "list"])[0]["name"], json!("Site"));
        for keys in ["y\n", "YES\n"] {
            let channel = home.echo_channel().to_string();
            let (code, shown) = on_terminal(home.command(&["channel", "delete", &channel]), 80, keys);
            assert_eq!(code, Some(0), "{shown}");
            has(&shown, &["? [y/N]", &format!("channel `{channel}` is deleted")]);
        }
        let (code, shown) = on_terminal(home.command(&[&delete[..], &["--yes"]].concat()), 80, "");
        assert_eq!((code, shown), (Some(0), format!("channel `{channel}` is deleted\n")));
        assert_eq!(home.json(&["channel", "list"]), json!([]));
        // What does not exist is not asked about.
        let (code, shown) = on_terminal(home.command(&delete), 80, "");
        let missing = format!("unicom: channel `{channel}` does not exist\n");
        assert_eq!((code, shown), (Some(1), missing));
    }

    fn questions_name_the_item(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.new_user("ada");
        home.run(&["bot", "create", "parrot", "--kind", "echo"]).ok();
        let token = home.json(&["token", "create", "ada", "--name", "export"])["id"].to_string();
        let id = |made: serde_json::Value| made["id"].as_str().unwrap().to_owned();
        let category = id(home.json(&["category", "create", "Sales"]));
        let create = ["channel", "create", "--platform", "WebChat", "--name", "Shop\u{1b}[2J"];
        let channel = home.json(&create)["id"].to_string();
        let group = id(home.json(&["group", "create", "Staff"]));
        let member = id(home.json(&["member", "create", "Ada"]));
        for (command, question) in [
            (["bot", "delete", "parrot"], "Delete bot `parrot`?".to_owned()),
            (["token", "revoke", &token], format!("Revoke token `{token}` (export)?")),
            (
                ["category", "delete", &category],
                format!("Delete category `{category}` (Sales) and those below it?"),
            ),
            (["channel", "delete", &channel], format!("Delete channel `{channel}` (Shop\\u{{1b}}[2J)?")),
            (["group", "delete", &group], format!("Delete group `{group}` (Staff)?")),
            (["member", "delete", &member], format!("Delete member `{member}` (Ada)?")),
        ] {
            let (code, shown) = on_terminal(home.command(&command), 80, "n\n");
            assert_eq!(code, Some(1), "{shown}");
            has(&shown, &[&question, "nothing was changed"]);
        }
        for command in [["media", "sweep"], ["retention", "run"]] {
            let (code, shown) = on_terminal(home.command(&command), 80, "n\n");
            assert_eq!(code, Some(1), "{shown}");
            has(&shown, &["Delete ", "? [y/N] ", "nothing was changed"]);
            let (code, shown) = on_terminal(home.command(&[&command[..], &["--dry-run"]].concat()), 80, "");
            assert_eq!((code, shown.contains("[y/N]")), (Some(0), false), "{shown}");
        }
    }

    fn nothing_is_deleted_unconfirmed_without_a_terminal(db: &TestDatabase) {
        let home = Workspace::on(db);
        let channel = home.echo_channel().to_string();
        for command in [
            &["bot", "delete", "parrot"][..],
            &["category", "delete", UNKNOWN_ID],
            &["channel", "delete", &channel],
            &["group", "delete", UNKNOWN_ID],
            &["media", "sweep"],
            &["media", "sweep", "--force"],
            &["member", "delete", UNKNOWN_ID],
            &["retention", "run"],
            &["token", "revoke", "1"],
        ] {
            has(&home.run(command).wrong_use(), &["`--yes`"]);
            has(&home.run_with_input(command, "y\n").wrong_use(), &["`--yes`"]);
        }
        assert_eq!(home.json(&["channel", "list"])[0]["name"], json!("Site"));
    }
}
