//! Tests that the platform passes unicom's conformance suite.

use serde_json::json;
use unicom_internal::Internal;
use unicom_testing::conformance;

#[tokio::test]
async fn internal_conforms() {
    let valid = json!({ "bot_name": "Robo", "retention_days": 30 });
    let invalid = [
        json!({ "bot_name": 7 }),
        json!({ "bots": "echo" }),
        json!({ "new_chat": "always" }),
    ];
    conformance::platform(Internal, valid, &invalid).await;
}
