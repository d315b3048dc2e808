//! categorize: which of its categories a request takes.
//!
//! Pure: it is given the categories that the request sees, and says what it found. It may take as long as matchers
//! take, so it runs where blocking is allowed, and never while a transaction is open.

mod command;
mod compiled;

use unicom_models::{CategoryId, RequestCategory};

use self::command::{Command, command_in};
pub(super) use self::compiled::CompiledMatchers;
use crate::matchers::MatchInput;

/// What is to be decided.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The categories that the request sees, siblings in their order.
    pub categories: Vec<RequestCategory>,
    /// The category that the account's requests take unless they name another.
    pub default: Option<CategoryId>,
    /// What matchers see.
    pub input: MatchInput,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision {
    pub category: Choice,
    pub default: DefaultChange,
    /// What is to be kept for people: the matchers that failed.
    pub notes: Vec<String>,
}

/// The category of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Choice {
    /// This one.
    Taken(CategoryId),
    /// The writer is asked, with this text.
    Ask(String),
    /// None.
    #[default]
    Nothing,
}

/// What becomes of the account's default category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DefaultChange {
    /// It stays.
    #[default]
    Keep,
    /// It is this one from now on.
    Set(CategoryId),
    /// It is dropped: the account may no longer take it.
    Drop,
}

/// Decides. Blocks as long as the matchers take.
pub(super) fn categorize(question: &Question, matchers: &CompiledMatchers) -> Decision {
    let mut search = Search {
        question,
        matchers,
        notes: Vec::new(),
    };
    let (category, default) = search.decide();
    Decision {
        category,
        default,
        notes: search.notes,
    }
}

struct Search<'a> {
    question: &'a Question,
    matchers: &'a CompiledMatchers,
    notes: Vec<String>,
}

impl<'a> Search<'a> {
    fn decide(&mut self) -> (Choice, DefaultChange) {
        let top = self.children(None);
        let default = self.question.default;
        if top.len() > 1 {
            let text = &self.question.input.message.text;
            let at = |place: usize| top.get(place - 1).map(|category| category.id);
            match command_in(text, top.len()) {
                Some(Command::List) => return (Choice::Ask(list_of(&top)), DefaultChange::Keep),
                Some(Command::Take(place)) => {
                    if let Some(id) = at(place) {
                        return (Choice::Taken(id), DefaultChange::Keep);
                    }
                }
                Some(Command::TakeFromNowOn(place)) => {
                    if let Some(id) = at(place) {
                        return (Choice::Taken(id), DefaultChange::Set(id));
                    }
                }
                None => {}
            }
            if let Some(default) = default
                && top.iter().any(|category| category.id == default)
            {
                return (Choice::Taken(default), DefaultChange::Keep);
            }
        }
        // Not among what the account may take: access is lost, unless it is just the only one left.
        let change = match default {
            Some(default) if !top.iter().any(|category| category.id == default) => {
                DefaultChange::Drop
            }
            _ => DefaultChange::Keep,
        };
        let choice = match self.match_below(None) {
            Some(found) => Choice::Taken(found),
            None if top.len() > 1 => Choice::Ask(list_of(&top)),
            None => Choice::Nothing,
        };
        (choice, change)
    }

    /// The visible categories below `parent`, in order.
    fn children(&self, parent: Option<CategoryId>) -> Vec<&'a RequestCategory> {
        self.question
            .categories
            .iter()
            .filter(|category| category.parent_id == parent)
            .collect()
    }

    /// The category below `parent` that the message belongs to, as far down as one is found.
    fn match_below(&mut self, parent: Option<CategoryId>) -> Option<CategoryId> {
        let siblings = self.children(parent);
        let found = match siblings.as_slice() {
            // The only one needs no matcher; but where it has one, that has its say.
            [only] => self.agrees(only).unwrap_or(true).then_some(only.id),
            several => several
                .iter()
                .find(|category| self.agrees(category) == Some(true))
                .map(|category| category.id),
        }?;
        // No circle: a category is stored below one that is not below it.
        Some(self.match_below(Some(found)).unwrap_or(found))
    }

    /// What the category's matcher says; none where it has none. One that fails says no, and that is noted.
    fn agrees(&mut self, category: &RequestCategory) -> Option<bool> {
        let matcher = category.matcher.as_ref()?;
        if matcher.is_null() {
            return None;
        }
        let answer = self
            .matchers
            .of(category, matcher)
            .and_then(|matcher| matcher.matches(&self.question.input));
        Some(answer.unwrap_or_else(|error| {
            let name = &category.name;
            self.notes
                .push(format!("categorize: category `{name}`: {error}"));
            false
        }))
    }
}

/// The text that offers categories to choose from.
fn list_of(categories: &[&RequestCategory]) -> String {
    let mut text = String::from("What is it about? You can choose from:\n\n");
    for (index, category) in categories.iter().enumerate() {
        text.push_str(&format!("{}. {}", index + 1, category.name));
        if !category.description.is_empty() {
            text.push_str(&format!(": {}", category.description));
        }
        text.push('\n');
    }
    text.push_str(
        "\nWrite `1-request` or `category 1 request` together with your message to choose the first, \
         `default-to-1` or `set default 1` to choose it from now on. `list-categories` shows this list again.",
    );
    text
}
