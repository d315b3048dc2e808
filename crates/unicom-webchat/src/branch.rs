//! Branches of a chat: which of a visitor's messages take the place of which.
//!
//! Several messages of a visitor that reply to the same message are alternatives, as when a
//! question is asked again in other words. A branch has one of them, with what replies to it, and
//! not the others. All other messages are in every branch: those of bots and admins, and those that
//! reply to nothing, which continue the conversation.

use std::collections::{HashMap, HashSet};

use unicom_db::queries::branches::{self, Link, LinksFrom};
use unicom_db::queries::messages::Position;
use unicom_db::{ChatAccess, Db};
use unicom_models::{Direction, MessageId, VisibleMessage};

use crate::WebChatError;

/// Maximum number of messages in which the branches of a page are looked for. Replies to an older
/// message count as replies to nothing.
const WINDOW: i64 = 1000;

/// Which messages a page of a chat has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// The messages of all branches.
    All,
    /// The branch with the chat's newest message. The messages of the branches that fork
    /// from it on the page come with them, as many as fit on another page.
    Latest,
    /// The branch with this message, like [`Branch::Latest`]. Of the alternatives after
    /// it, the newest is chosen.
    Through(MessageId),
}

/// A page of a branch.
pub(crate) struct BranchPage {
    /// The messages of the branch and of those that fork from it, the newest first.
    pub messages: Vec<VisibleMessage>,
    /// The messages of the branch.
    pub in_branch: HashSet<MessageId>,
    /// The message before which the next page begins, if there is one.
    pub next: Option<MessageId>,
}

/// Reads the newest page of a branch or, with `before`, the one before that position.
///
/// `through` is the position of the message that selects the branch. By default that is the first
/// message before which the page is read.
pub(crate) fn read(
    db: &mut Db,
    access: &ChatAccess,
    through: Option<Position>,
    before: Option<Position>,
    limit: usize,
) -> Result<BranchPage, WebChatError> {
    let from = before.map_or(LinksFrom::Newest, LinksFrom::BackwardFrom);
    let mut window = branches::links(db, access, from, WINDOW)?;
    let mut has_older = window.len() >= WINDOW as usize;
    let is_there = |position: &Position| window.iter().any(|link| link.id == position.id);
    if before.is_none()
        && let Some(position) = through.filter(|position| !is_there(position))
    {
        window = branches::links(db, access, LinksFrom::ForwardFrom(position), WINDOW)?;
        window.reverse();
        has_older = true;
    }
    let in_branch = of_branch(&window, through.map(|position| position.id));
    let is_anchor = |id| before.is_some_and(|before| before.id == id);
    let mut on_page = window
        .iter()
        .map(|link| link.id)
        .filter(|id| in_branch.contains(id) && !is_anchor(*id));
    let mut ids: Vec<MessageId> = on_page.by_ref().take(limit).collect();
    let has_more = on_page.next().is_some() || has_older;
    // A window without a message of the branch is skipped as a whole.
    let oldest = ids.last().or(window.last().map(|link| &link.id)).copied();
    let page: HashSet<MessageId> = ids.iter().copied().collect();
    ids.extend(forks(&window, &in_branch, &page).take(limit));
    Ok(BranchPage {
        messages: branches::messages(db, access, &ids)?,
        in_branch: page,
        next: oldest.filter(|_| has_more),
    })
}

/// Returns those of the messages, the newest first, that are in the branch with the message
/// `through` or, if that is not among them, with the newest.
fn of_branch(window: &[Link], through: Option<MessageId>) -> HashSet<MessageId> {
    let links: HashMap<MessageId, &Link> = window.iter().map(|link| (link.id, link)).collect();
    let through = through.and_then(|id| links.get(&id)).copied();
    let mut path = HashSet::new();
    let mut next = through.or(window.first());
    while let Some(link) = next {
        path.insert(link.id);
        next = link.reply_to.and_then(|id| links.get(&id)).copied();
    }
    // The chosen one of the alternatives that reply to a message.
    let mut chosen: HashMap<MessageId, MessageId> = HashMap::new();
    for link in window {
        let Some(reply_to) = link.reply_to.filter(|_| is_visitors(link)) else {
            continue;
        };
        let best = chosen.entry(reply_to).or_insert(link.id);
        if path.contains(&link.id) {
            *best = link.id;
        }
    }
    let mut in_branch = HashSet::new();
    for link in window.iter().rev() {
        let is_there = link.reply_to.is_none_or(|reply_to| {
            let is_chosen = !is_visitors(link) || chosen.get(&reply_to) == Some(&link.id);
            is_chosen && (in_branch.contains(&reply_to) || !links.contains_key(&reply_to))
        });
        if is_there {
            in_branch.insert(link.id);
        }
    }
    in_branch
}

/// Returns the messages of the branches that fork from the page, the oldest first: with each one,
/// the message that it replies to.
fn forks<'a>(
    window: &'a [Link],
    in_branch: &'a HashSet<MessageId>,
    page: &HashSet<MessageId>,
) -> impl Iterator<Item = MessageId> + 'a {
    let mut parents = page.clone();
    window.iter().rev().filter_map(move |link| {
        let is_fork = !in_branch.contains(&link.id)
            && link
                .reply_to
                .is_some_and(|parent| parents.contains(&parent));
        is_fork.then(|| {
            parents.insert(link.id);
            link.id
        })
    })
}

fn is_visitors(link: &Link) -> bool {
    link.direction == Direction::Incoming
}
