//! Tests of unknown filters and of values that attempt injection.

use reqwest::Method;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Keys that are not filters, mostly paths into the database and attempts at SQL injection.
const UNKNOWN: &[&str] = &[
    "colour",
    "Name",
    "id__in",
    "name__startswith",
    "name__regex",
    "is_archived__gt",
    "channel__config__token__startswith",
    "channel__name",
    "accounts__id",
    "accountchat__account__id",
    "account__member__user__password",
    "messages__text__icontains",
    "last_message__sender__raw",
    "pk",
    "__",
    "name'",
    "name%22",
    "name%20OR%201=1",
    "1=1;--",
    "metadata",
    "metadata__",
    "metadata____gte",
    "metadata__a'b",
    "metadata__a%22b",
    "metadata__a%5D%5B",
    "metadata__a)%20OR%20(1=1",
    "metadata__$.a",
    "%F0%9F%98%80",
];

both! {
    async fn unknown_filters_are_rejected_with_the_known_ones(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for key in UNKNOWN {
            let request = guest.request(Method::GET, &format!("/unicom/webchat/chats/?{key}=1"));
            let answer = watch.refused(key, request, (400, "unknown_filter")).await;
            answer.names("`name__icontains`").names("`metadata__KEY`");
        }
        for (key, shown) in [("colour", "colour"), (&*"x".repeat(65), &*"x".repeat(64))] {
            let answer = guest.get(&format!("/unicom/webchat/chats/?{key}=1")).await;
            answer.is(400, "unknown_filter").names(&format!("`{shown}` is not a filter"));
        }
    }

    async fn filter_values_are_not_interpreted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("bob").await.say("hi").await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for key in [
            "id",
            "name",
            "name__icontains",
            "metadata__a",
            "metadata__a__gte",
            "metadata__a__icontains",
        ] {
            for value in [
                "'%20OR%20'1'='1",
                "%22;%20DROP%20TABLE%20chats;--",
                "')%20OR%201=1--",
                "%5C",
                "%25%25%27",
                "%FF%FE",
                "NaN",
                "1e999",
            ] {
                let found = guest.chats(&format!("{key}={value}")).await;
                assert!(found.is_empty(), "{key}={value}: {found:?}");
            }
        }
        // The wildcards of SQL patterns match only themselves.
        for value in ["%25", "_", "__"] {
            assert!(
                guest
                    .chats(&format!("name__icontains={value}"))
                    .await
                    .is_empty(),
                "{value}"
            );
        }
        watch.unchanged("a filter").await;
    }
}
