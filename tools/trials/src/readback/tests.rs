//! Tests that every fault is found, and that correct data has none.

use serde_json::json;

use super::*;

fn sent(number: u32) -> Sent {
    Sent {
        client_id: format!("c{number}"),
        id: format!("m{number}"),
        text: format!("text {number}"),
        file: None,
    }
}

fn stored(number: u32) -> Value {
    json!({ "id": format!("m{number}"), "client_message_id": format!("c{number}"),
            "text": format!("text {number}"), "is_outgoing": false })
}

fn reply(number: u32) -> Value {
    json!({ "id": format!("r{number}"), "client_message_id": null, "is_outgoing": true,
            "text": format!("Echo: text {number}"), "reply_to_message_id": format!("m{number}") })
}

fn compared(stored: &[Value]) -> Findings {
    let chat = Chat {
        id: None,
        sent: (1..=3).map(sent).collect(),
    };
    let mut findings = Findings::default();
    compare(&mut findings, &chat, stored);
    findings
}

#[test]
fn correct_data_has_no_findings() {
    let all = [
        stored(1),
        stored(2),
        reply(1),
        reply(2),
        stored(3),
        reply(3),
    ];
    let findings = compared(&all);
    assert_eq!(findings.examples, [""; 0]);
    assert_eq!(findings.read, 3);
}

#[test]
fn every_fault_is_found() {
    let lost = compared(&[stored(1), reply(1), stored(3), reply(3)]);
    assert_eq!((lost.lost, lost.examples.len()), (1, 1));
    let twice = compared(&[
        stored(1),
        stored(2),
        stored(2),
        stored(3),
        reply(1),
        reply(2),
        reply(3),
    ]);
    assert_eq!((twice.twice, twice.examples.len()), (1, 1));
    let swapped = compared(&[
        stored(2),
        stored(1),
        stored(3),
        reply(1),
        reply(2),
        reply(3),
    ]);
    assert_eq!((swapped.out_of_order, swapped.examples.len()), (1, 1));
    let strange = compared(&[
        stored(1),
        stored(2),
        stored(3),
        stored(4),
        reply(1),
        reply(2),
        reply(3),
    ]);
    assert_eq!((strange.strange, strange.examples.len()), (1, 1));
    let silent = compared(&[stored(1), stored(2), stored(3), reply(1), reply(3)]);
    assert_eq!((silent.unanswered, silent.examples.len()), (1, 1));
    let talkative = compared(&[
        stored(1),
        stored(2),
        stored(3),
        reply(1),
        reply(2),
        reply(3),
        reply(3),
    ]);
    assert_eq!(
        (talkative.answered_wrongly, talkative.examples.len()),
        (1, 1)
    );
    let mut other = stored(2);
    other["text"] = "other".into();
    let altered = compared(&[stored(1), other, stored(3), reply(1), reply(2), reply(3)]);
    assert_eq!((altered.altered, altered.examples.len()), (1, 1));
}
