//! Choosing the category of a request.
//!
//! This module has no side effects: it gets the categories available to the request and returns a
//! decision. Matchers may take long, so it runs on a thread that may block, and never while a
//! transaction is open.

mod command;
mod matcher_cache;

use unicom_models::{CategoryId, RequestCategory};

use self::command::{Command, command_in, number_alone};
pub(super) use self::matcher_cache::CompiledMatchers;
use crate::matchers::MatchInput;

/// The input of a decision.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The categories available to the request, siblings in their order.
    pub categories: Vec<RequestCategory>,
    /// The category of the account's requests unless they name another.
    pub default: Option<CategoryId>,
    /// The input of matchers.
    pub input: MatchInput,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision {
    pub category: Choice,
    pub default: DefaultChange,
    /// Notes for people: the matchers that failed.
    pub notes: Vec<String>,
}

/// The category of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Choice {
    /// This category.
    Taken(CategoryId),
    /// Ask the requester, with this text.
    Ask(String),
    /// No category.
    #[default]
    Nothing,
}

/// The change of the account's default category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DefaultChange {
    /// No change.
    #[default]
    Keep,
    /// Replace it with this category.
    Set(CategoryId),
    /// Remove it: the account may no longer use it.
    Drop,
}

/// Chooses the category. Blocks as long as the matchers run.
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
        let text = &self.question.input.message.text;
        if top.len() > 1 {
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
        // The default is not among the categories available to the account, so it is removed. If it
        // is the only one left, it stays.
        let change = match default {
            Some(default) if !top.iter().any(|category| category.id == default) => {
                DefaultChange::Drop
            }
            _ => DefaultChange::Keep,
        };
        let choice = match self.match_below(None) {
            Some(found) => Choice::Taken(found),
            None if top.len() > 1 => match number_alone(text, top.len()) {
                Some(place) => Choice::Taken(top[place - 1].id),
                None => Choice::Ask(list_of(&top)),
            },
            None => Choice::Nothing,
        };
        (choice, change)
    }

    /// Returns the available children of `parent`, in order.
    fn children(&self, parent: Option<CategoryId>) -> Vec<&'a RequestCategory> {
        self.question
            .categories
            .iter()
            .filter(|category| category.parent_id == parent)
            .collect()
    }

    /// Returns the deepest category below `parent` that the message belongs to.
    fn match_below(&mut self, parent: Option<CategoryId>) -> Option<CategoryId> {
        let siblings = self.children(parent);
        let found = match siblings.as_slice() {
            // A single category needs no matcher. If it has one, the matcher decides.
            [only] => self.agrees(only).unwrap_or(true).then_some(only.id),
            several => several
                .iter()
                .find(|category| self.agrees(category) == Some(true))
                .map(|category| category.id),
        }?;
        // There is no cycle: a category is never stored below itself.
        Some(self.match_below(Some(found)).unwrap_or(found))
    }

    /// Returns the result of the category's matcher. Returns `None` if the category has no matcher.
    ///
    /// A matcher that fails does not match, and a note is added.
    fn agrees(&mut self, category: &RequestCategory) -> Option<bool> {
        let matcher = category.matcher.as_ref()?;
        if matcher.is_null() {
            return None;
        }
        let matcher = self.matchers.of(category, matcher);
        let answer = self.question.input.matches(matcher);
        Some(answer.unwrap_or_else(|error| {
            let name = &category.name;
            self.notes
                .push(format!("categorize: category `{name}`: {error}"));
            false
        }))
    }
}

/// Returns the text that lists categories to choose from.
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
        "\nWrite `1`, or `1-request` or `category 1 request` together with your message, to choose the first, \
         `default-to-1` or `set default 1` to choose it from now on. `list-categories` shows this list again.",
    );
    text
}
