//! Runs the conformance suites on the implementations that come with unicom.

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::bots::Echo;
use unicom_testing::{FakePlatform, conformance};
use unicom_webchat::WebChat;

#[tokio::test]
async fn web_chat_conforms() {
    let invalid = [
        json!({"new_chat": "sometimes"}),
        json!({"bot_name": 7}),
        json!({"unknown": 7}),
    ];
    conformance::platform(WebChat, json!({"new_chat": "always"}), &invalid).await;
}

#[tokio::test]
async fn fake_platform_conforms() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({"token": 7})]).await;
}

#[tokio::test]
#[should_panic(expected = "the configuration {} was not refused")]
async fn platform_that_accepts_any_configuration_fails() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({})]).await;
}

#[tokio::test]
async fn echo_bot_conforms() {
    conformance::bot(Echo).await;
}

#[tokio::test]
async fn folder_media_store_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::media_store(ObjectMediaStore::local(folder.path()).unwrap()).await;
}
