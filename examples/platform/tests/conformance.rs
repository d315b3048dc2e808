//! Tests that the platform passes unicom's conformance suite, and that it keeps its own guarantees.

use example_platform::{Inbound, Sms};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;
use unicom_testing::conformance;

#[tokio::test]
async fn sms_conforms() {
    let (gateway, mut sent) = unbounded_channel();
    let invalid = [
        json!({}),
        json!({"from": 49301234567_u64}),
        json!({"from": "030 1234567"}),
        json!({"from": "+49 30 1234567"}),
        json!({"from": "+1"}),
    ];
    conformance::platform(Sms { gateway }, json!({"from": "+49301234567"}), &invalid).await;

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

#[test]
fn other_payloads_are_rejected() {
    for posted in [
        json!([]),
        json!({"id": "1"}),
        json!({"id": 1, "from": "x", "text": "y"}),
    ] {
        assert!(serde_json::from_value::<Inbound>(posted).is_err());
    }
}
