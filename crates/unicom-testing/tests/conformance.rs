//! Runs the conformance suites on the implementations that come with unicom.

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::bots::Echo;
use unicom_testing::{FakePlatform, conformance};
use unicom_webchat::WebChat;

#[tokio::test]
async fn web_chat_is_a_platform() {
    let invalid = [json!({"new_chat": "sometimes"}), json!({"bot_name": 7})];
    conformance::platform(WebChat, json!({"new_chat": "always"}), &invalid).await;
}

#[tokio::test]
async fn the_fake_platform_is_a_platform() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({"token": 7})]).await;
}

#[tokio::test]
#[should_panic(expected = "the configuration {} was not refused")]
async fn a_platform_that_takes_any_configuration_is_found_out() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({})]).await;
}

#[tokio::test]
async fn echo_is_a_bot() {
    conformance::bot(Echo).await;
}

#[tokio::test]
async fn a_folder_is_a_media_store() {
    let folder = tempfile::tempdir().unwrap();
    conformance::media_store(ObjectMediaStore::local(folder.path()).unwrap()).await;
}
