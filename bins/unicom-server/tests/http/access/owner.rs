//! Tests that the owner can use every route that refuses others.

use unicom_testing::TestDatabase;

use super::{LISTS, MARK, ask, missing, owner, routes};
use crate::app::TestApp;
use crate::both;

both! {
    async fn owner_may_use_every_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for at in 0..routes(&missing()).len() {
            let (alice, resources) = owner(&app, &format!("alice{at}")).await;
            let route = &routes(&resources)[at];
            let answer = ask(&alice, route).await;
            assert_eq!(answer.status, 200, "{}: {}", route.what, answer.text());
        }
    }

    async fn owner_sees_the_marked_content(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, resources) = owner(&app, "alice").await;
        for path in LISTS {
            let answer = alice.get(path).await;
            assert!(answer.text().contains(MARK), "{path}: {}", answer.text());
        }
        assert!(alice.get(&resources.file).await.text().contains(MARK));
    }

    async fn wrong_file_name_is_not_found(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, resources) = owner(&app, "alice").await;
        let absent = alice.get(&missing().file).await;
        absent.is(404, "not_found");
        let other_name = alice.get(&resources.file.replace(".png", ".jpg")).await;
        assert_eq!(
            (other_name.status, other_name.body),
            (404, absent.body.clone())
        );
        // No file name works for a message without a file.
        let none = alice
            .get(&format!("/unicom/media/{}/{MARK}.png", resources.message))
            .await;
        assert_eq!((none.status, none.body), (404, absent.body));
    }
}
