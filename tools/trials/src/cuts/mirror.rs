//! A reader's copy of a chat, which has to equal what is stored.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// The place of a message in its chat.
type Place = (String, String);

/// Removes what has become of a message. It follows from the positions of the readers, who go on
/// reading while the stored messages are compared; `tests/http/live` of the server compares it.
pub fn without_status(mut message: Value) -> Value {
    if let Some(fields) = message.as_object_mut() {
        fields.remove("status");
    }
    message
}

/// A copy of the messages of a chat, without their statuses.
#[derive(Debug, Default)]
pub struct Mirror {
    /// What the copy contains of the chat. Empty before the chat was read.
    pub cursor: String,
    messages: BTreeMap<Place, Value>,
    places: HashMap<String, Place>,
    /// The transport that was used last.
    pub transport: &'static str,
}

impl Mirror {
    /// Replaces the copy by what was read anew.
    pub fn replace(&mut self, messages: Vec<Value>, cursor: String) {
        self.messages.clear();
        self.places.clear();
        for message in messages {
            self.insert(message);
        }
        self.cursor = cursor;
    }

    /// Applies the items of a frame, an event or a response.
    ///
    /// # Errors
    ///
    /// Fails if an item is of no known kind.
    pub fn apply(&mut self, items: &[Value], cursor: &str) -> Result<(), String> {
        for item in items {
            match item["kind"].as_str() {
                Some("message") => self.insert(item["message"].clone()),
                Some("message_deleted") => self.remove(item["id"].as_str().unwrap_or_default()),
                Some("participant" | "holder") => {}
                _ => return Err(format!("an item of no known kind: {item}")),
            }
        }
        cursor.clone_into(&mut self.cursor);
        Ok(())
    }

    /// Returns the id of a message, the last one if there are none after it.
    pub fn newest(&self) -> Option<&str> {
        let (_, message) = self.messages.last_key_value()?;
        message["id"].as_str()
    }

    fn insert(&mut self, message: Value) {
        let message = without_status(message);
        let field = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let place = (field("timestamp"), field("id"));
        if let Some(earlier) = self.places.insert(place.1.clone(), place.clone()) {
            self.messages.remove(&earlier);
        }
        self.messages.insert(place, message);
    }

    fn remove(&mut self, id: &str) {
        if let Some(place) = self.places.remove(id) {
            self.messages.remove(&place);
        }
    }

    /// Returns `true` if the copy equals what is stored, in the same order.
    pub fn equals(&self, stored: &[Value]) -> bool {
        self.messages.len() == stored.len() && self.messages.values().eq(stored)
    }

    /// Returns the differences from what is stored.
    pub fn compare(&self, stored: &[Value]) -> Vec<String> {
        let by_id = |messages: &mut dyn Iterator<Item = &Value>| {
            let id = |message: &Value| message["id"].as_str().unwrap_or_default().to_owned();
            messages
                .map(|message| (id(message), message.clone()))
                .collect::<BTreeMap<String, Value>>()
        };
        let mine = by_id(&mut self.messages.values());
        let theirs = by_id(&mut stored.iter());
        let mut problems = Vec::new();
        for (id, message) in &theirs {
            match mine.get(id) {
                None => problems.push(format!("does not have {message}")),
                Some(copy) if copy != message => {
                    problems.push(format!("has {copy} instead of {message}"));
                }
                Some(_) => {}
            }
        }
        let extra = mine.iter().filter(|(id, _)| !theirs.contains_key(*id));
        problems.extend(extra.map(|(_, message)| format!("still has {message}")));
        if problems.is_empty() && !self.equals(stored) {
            problems.push("has the messages in another order, or one of them twice".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str, at: &str, text: &str) -> Value {
        json!({ "id": id, "timestamp": at, "text": text })
    }

    #[test]
    fn differences_from_the_stored_messages_are_found() {
        let (one, two) = (message("1", "a", "one"), message("2", "b", "two"));
        let mut mirror = Mirror::default();
        mirror.replace(vec![one.clone()], "x".to_owned());
        let told = [json!({ "kind": "message", "message": two })];
        mirror.apply(&told, "y").unwrap();
        mirror.apply(&told, "z").unwrap();
        let stored = vec![one.clone(), two.clone()];
        assert!(mirror.equals(&stored));
        assert_eq!(mirror.cursor, "z");
        for wrong in [
            vec![one.clone()],
            vec![one.clone(), two.clone(), message("3", "c", "three")],
            vec![one.clone(), message("2", "b", "edited")],
            vec![two.clone(), one.clone()],
            vec![one.clone(), two.clone(), two.clone()],
        ] {
            assert!(!mirror.equals(&wrong));
            assert_eq!(mirror.compare(&wrong).len(), 1, "{wrong:?}");
        }
        let deleted = [json!({ "kind": "message_deleted", "id": "2" })];
        mirror.apply(&deleted, "z").unwrap();
        assert!(mirror.equals(&[one]));
        assert!(mirror.apply(&[json!({ "kind": "?" })], "z").is_err());
    }
}
