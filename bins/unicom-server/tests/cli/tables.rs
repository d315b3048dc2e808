//! Tests of the layout of tables.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::terminal::on_terminal;
use crate::workspace::Workspace;

const LONG: &str =
    "The channel of the shop for customers who have ordered something and wait for it";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn piped_table_is_complete_and_aligned(db: &TestDatabase) {
        let home = channels(db);
        let table = home.run(&["channel", "list"]).ok();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[0].split_whitespace().collect::<Vec<_>>(),
            ["ID", "PLATFORM", "ACTIVE", "NAME", "ERROR"]
        );
        assert!(lines[1].contains(LONG) && !table.contains('…'), "{table}");
        let ends = lines[1..].iter().map(|line| console::measure_text_width(line));
        let error = console::measure_text_width(lines[0]) - "ERROR".len();
        assert!(ends.into_iter().all(|end| end == error + "-".len()), "{table}");
    }

    fn table_fits_the_terminal(db: &TestDatabase) {
        let home = channels(db);
        let (code, table) = on_terminal(home.command(&["channel", "list"]), 60, "");
        assert_eq!(code, Some(0), "{table}");
        let widths: Vec<usize> = table.lines().map(console::measure_text_width).collect();
        assert!(widths.len() == 4 && widths.iter().all(|width| *width <= 60), "{table}");
        assert!(table.contains("The channel of") && table.contains('…') && !table.contains(LONG), "{table}");
        assert!(table.contains("客服频道") && table.contains("👍 Shop"), "{table}");

        // Ids are not cut, and a wide terminal shows everything.
        let group = home.json(&["group", "create", LONG, "--description", LONG])["id"].clone();
        let (_, table) = on_terminal(home.command(&["group", "list"]), 50, "");
        assert!(table.contains(group.as_str().unwrap()) && table.contains("The"), "{table}");
        let (_, table) = on_terminal(home.command(&["group", "list"]), 300, "");
        assert_eq!(table, home.run(&["group", "list"]).ok());
        let (_, json) = on_terminal(home.command(&["group", "list", "--json"]), 50, "");
        assert_eq!(json, home.run(&["group", "list", "--json"]).ok());
    }
}

/// Creates channels with a long name and with wide characters.
fn channels(db: &TestDatabase) -> Workspace {
    let home = Workspace::on(db);
    for name in [LONG, "客服频道", "👍 Shop"] {
        let create = ["channel", "create", "--platform", "WebChat", "--name", name];
        assert_eq!(home.json(&create)["error"], json!(null));
    }
    home
}
