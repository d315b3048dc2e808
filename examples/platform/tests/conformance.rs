//! Tests that the platform passes unicom's conformance suite, and that it keeps its own guarantees.

use example_platform::{Sms, Text};
use jsonschema::draft202012;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use unicom_core::platform::{
    WebhookCall, WebhookHandler, WebhookMethod, WebhookRefusal, WebhookReply,
};
use unicom_core::secrets::{CHANNEL_SECRETS, Secrets};
use unicom_core::{Platform, Platforms};
use unicom_models::{Channel, ChannelId, UtcTime};
use unicom_testing::conformance;

/// Returns the platform with a gateway whose token is in `UNICOM_CHANNEL_SMS`.
fn sms() -> (Sms, UnboundedReceiver<Text>) {
    let secrets = Secrets::new(CHANNEL_SECRETS, |name| {
        (name == "UNICOM_CHANNEL_SMS").then(|| "the token".to_owned())
    });
    let (gateway, sent) = unbounded_channel();
    (Sms { gateway, secrets }, sent)
}

fn valid() -> Value {
    json!({ "from": "+49301234567", "token_env": "UNICOM_CHANNEL_SMS" })
}

fn invalid() -> [Value; 6] {
    let from = |number: Value| json!({ "from": number, "token_env": "UNICOM_CHANNEL_SMS" });
    [
        json!({}),
        json!({ "from": "+49301234567" }),
        from(json!(49301234567_u64)),
        from(json!("030 1234567")),
        from(json!("+49 30 1234567")),
        from(json!("+1")),
    ]
}

#[tokio::test]
async fn sms_conforms() {
    let (sms, mut sent) = sms();
    conformance::platform(sms, valid(), &invalid()).await;

    // On each engine, the suite delivers three messages, two of which are the same. The gateway can
    // recognise them by the reference.
    let mut references = Vec::new();
    while let Some(text) = sent.recv().await {
        assert_eq!(text.from, "+49301234567");
        references.push(text.reference);
    }
    assert!(!references.is_empty());
    for references in references.chunks(3) {
        assert_eq!(references.len(), 3);
        assert_eq!(references[1], references[2]);
    }
}

#[tokio::test]
async fn webhook_conforms() {
    let posted = json!({ "id": "1", "from": "+49171", "text": "Hello!" });
    let call = WebhookCall::new(WebhookMethod::Post, posted.to_string());
    let call = call.with_header("Authorization", "Bearer the token");
    conformance::webhook(sms().0, valid(), call).await;
}

#[test]
fn schema_accepts_what_the_platform_accepts() {
    let (sms, _sent) = sms();
    let described = Platforms::default().with(sms).describe();
    let schema = &described[0].config_schema;
    let (sms, _sent) = self::sms();
    let mut full = valid();
    full["bot"] = json!("echo");
    for config in [valid(), full] {
        assert!(sms.validate_channel(&config).is_ok(), "{config}");
        assert!(draft202012::is_valid(schema, &config), "{config}");
        for name in config.as_object().unwrap().keys() {
            assert!(
                schema["properties"][name]["description"].is_string(),
                "{name}"
            );
        }
    }
    for config in invalid() {
        assert!(sms.validate_channel(&config).is_err(), "{config}");
        assert!(!draft202012::is_valid(schema, &config), "{config}");
    }
}

#[test]
fn only_proven_posts_are_read() {
    let (sms, _sent) = sms();
    let mut channel = Channel::new(
        ChannelId(1),
        "Sms".into(),
        "Hotline".into(),
        UtcTime::BEGINNING,
    );
    channel.config = valid();
    let read = |token: &str, body: Value| {
        let call = WebhookCall::new(WebhookMethod::Post, body.to_string());
        sms.read(
            &channel,
            &call.with_header("Authorization", token.to_owned()),
        )
    };
    let posted = json!({ "id": "1", "from": "+49171", "text": "Hello!" });
    for token in [
        "",
        "Bearer ",
        "Bearer wrong",
        "the token",
        "Bearer the token2",
    ] {
        let refused = read(token, posted.clone()).unwrap_err();
        assert_eq!(refused, WebhookRefusal::Unproven, "{token}");
    }
    let token = "Bearer the token";
    let read_one = read(token, posted).unwrap();
    assert!(matches!(read_one, WebhookReply::Events { events, .. } if events.len() == 1));
    for posted in [
        json!([]),
        json!({ "id": "1" }),
        json!({ "id": 1, "from": "x", "text": "y" }),
    ] {
        assert!(matches!(
            read(token, posted),
            Err(WebhookRefusal::Malformed(_))
        ));
    }
}
