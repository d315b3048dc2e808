//! Tests of commands on a database of an earlier build.

use unicom_testing::{TestDatabase, both_engines};

use crate::before_leases::load;
use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [];

    fn old_database_is_migrated_and_exported(db: &TestDatabase) {
        load(db);
        let home = Workspace::on(db);
        let migrated = home.json(&["migrate"]);
        assert!(migrated["migrations"].as_u64().unwrap() >= 7, "{migrated}");
        assert_eq!(home.json(&["migrate"])["migrations"], 0);
        let check = home.run(&["check"]);
        // Only the tests know the platform of this channel.
        has(&check.out, &["WRONG  5 `Fake`: platform `Fake` is not registered"]);
        assert_eq!(check.out.matches(" WRONG ").count(), 1, "{}", check.out);

        let exported = home.run(&["export"]).ok();
        let elsewhere = Workspace::with_url("sqlite://elsewhere.db");
        elsewhere.run_with_input(&["import"], &exported).ok();
        assert_eq!(elsewhere.run(&["export"]).ok().lines().count(), exported.lines().count());
        let dead = |home: &Workspace| home.json(&["delivery", "list", "--status", "dead"]);
        assert_eq!(dead(&elsewhere), dead(&home));
    }
}
