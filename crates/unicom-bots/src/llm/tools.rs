//! Pairs tool calls in a chat's history with their responses.

use std::collections::HashMap;

use serde_json::{Value, json};
use unicom_models::{MediaType, Message};

/// Tool responses by the id of the call, the earliest first.
pub(super) struct Responses<'a>(HashMap<String, std::collections::VecDeque<&'a Message>>);

impl<'a> Responses<'a> {
    pub(super) fn of(messages: &'a [Message]) -> Self {
        let mut responses = HashMap::<_, std::collections::VecDeque<_>>::new();
        for message in messages {
            if message.media_type == MediaType::ToolResponse
                && let Some(id) = message.raw["tool_response"]["call_id"].as_str()
            {
                responses
                    .entry(id.to_owned())
                    .or_default()
                    .push_back(message);
            }
        }
        Self(responses)
    }

    /// Returns the call followed directly by its response. Returns nothing if there is no response.
    pub(super) fn call_and_answer(&mut self, call: &Message) -> Vec<Value> {
        let fields = &call.raw["tool_call"];
        let id = match fields["id"].as_str() {
            Some(id) => id.to_owned(),
            None => format!("call_{}", call.id),
        };
        let waiting = self.0.get_mut(&id);
        let Some(response) = waiting.and_then(|responses| responses.pop_front()) else {
            return Vec::new();
        };
        let arguments = match &fields["arguments"] {
            Value::Null => "{}".to_owned(),
            arguments => as_text(arguments),
        };
        let function =
            json!({"name": fields["name"].as_str().unwrap_or_default(), "arguments": arguments});
        let result = match &response.raw["tool_response"]["result"] {
            Value::Null => response.text.clone(),
            result => as_text(result),
        };
        vec![
            json!({
                "role": "assistant",
                "content": null,
                "tool_calls": [{"id": id, "type": "function", "function": function}],
            }),
            json!({"role": "tool", "tool_call_id": id, "content": result}),
        ]
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
