//! The report of `unicom restore` about what it carried over.

use std::fmt::Display;

use unicom_auth::CarriedOver;

use crate::printable::printable;

/// The maximum number of names that are printed for people. The JSON output has all of them.
const MAX_NAMES: usize = 20;

/// Returns a line for each kind of item that was carried over.
pub(super) fn lines(carried: &CarriedOver) -> Vec<String> {
    let mut lines = Vec::new();
    let ended = [
        (carried.ended_user_sessions, "users"),
        (carried.ended_guest_sessions, "guests"),
    ];
    for (count, whose) in ended.into_iter().filter(|(count, _)| *count > 0) {
        lines.push(format!("sessions of {whose} that were ended: {count}"));
    }
    if carried.revoked_visitor_tokens > 0 {
        lines.push(format!(
            "revocations of visitors' tokens that stay: {}",
            carried.revoked_visitor_tokens
        ));
    }
    let kept = [
        (
            "users who stay deactivated",
            names(&carried.deactivated_users),
        ),
        (
            "users who stay without staff rights",
            names(&carried.former_staff),
        ),
        (
            "users who keep their newer password",
            names(&carried.newer_passwords),
        ),
        ("tokens that stay revoked", names(&carried.revoked_tokens)),
        (
            "accounts that stay blocked",
            names(&carried.blocked_accounts),
        ),
    ];
    for (what, names) in kept {
        if let Some(names) = names {
            lines.push(format!("{what}: {names}"));
        }
    }
    if let Some(names) = names(&carried.erased) {
        lines.push(format!(
            "erased since the backup, and back now without a way to log in: {names}; erase them again, with `unicom \
             account erase ID` or `unicom member erase ID`"
        ));
    }
    lines
}

fn names<T: Display>(all: &[T]) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    let shown = all.iter().take(MAX_NAMES);
    let mut names: Vec<String> = shown.map(|name| printable(&name.to_string())).collect();
    if all.len() > MAX_NAMES {
        names.push(format!(
            "and {} more (`--json` lists all)",
            all.len() - MAX_NAMES
        ));
    }
    Some(names.join(", "))
}
