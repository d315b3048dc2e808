//! [`Refusals`]: what models have refused, so that it is not sent to them again.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unicom_models::{ChatId, Message, MessageId, UtcTime};

use super::parameters::Parameters;

/// Maximum number of bots, and of images and chats of each, that are remembered. When there are
/// more, all are forgotten, and the next request to the model is refused once more.
const MOST: usize = 10_000;

/// What models have refused. It lasts as long as the process. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals(Arc<Mutex<HashMap<Model, Known>>>);

/// A model at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Model {
    pub base_url: String,
    pub name: String,
}

#[derive(Debug, Default)]
struct Known {
    parameters: Parameters,
    begins_in_thought: bool,
    images: HashSet<MessageId>,
    begins: HashMap<ChatId, UtcTime>,
}

/// What a model takes of a chat.
#[derive(Debug, Clone, Default)]
pub(super) struct Accepted {
    /// The form of the parameters.
    pub parameters: Parameters,
    /// Whether its answers begin with a thought that has no beginning.
    pub begins_in_thought: bool,
    /// The messages whose images it does not take.
    pub without_images: HashSet<MessageId>,
    /// The time of the first message that it takes, if it does not take the whole history.
    pub begin: Option<UtcTime>,
}

impl Refusals {
    /// Returns what a model takes of a chat with these messages.
    pub fn accepted(&self, model: &Model, chat: &ChatId, messages: &[Message]) -> Accepted {
        let models = self.lock();
        let Some(known) = models.get(model) else {
            return Accepted::default();
        };
        let ids = messages.iter().map(|message| message.id);
        Accepted {
            parameters: known.parameters,
            begins_in_thought: known.begins_in_thought,
            without_images: ids.filter(|id| known.images.contains(id)).collect(),
            begin: known.begins.get(chat).copied(),
        }
    }

    /// Stores what a model has taken of a chat.
    pub fn set_accepted(&self, model: &Model, chat: &ChatId, accepted: Accepted) {
        let mut models = self.lock();
        if models.len() >= MOST {
            models.clear();
        }
        let known = models.entry(model.clone()).or_default();
        known.parameters = accepted.parameters;
        known.begins_in_thought = accepted.begins_in_thought;
        if known.images.len() >= MOST {
            known.images.clear();
        }
        known.images.extend(accepted.without_images);
        if known.begins.len() >= MOST {
            known.begins.clear();
        }
        if let Some(begin) = accepted.begin {
            known.begins.insert(chat.clone(), begin);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Model, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
