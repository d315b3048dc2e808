//! The formatting of what a language model writes: Markdown.

use unicom_content::markdown;
use unicom_core::bots::Outcome;

/// Adds the HTML of replies in Markdown. Their text stays: for platforms without HTML, and for the
/// model, as its own words.
pub(super) async fn outcome(mut outcome: Outcome) -> Outcome {
    for reply in &mut outcome.replies {
        if reply.html.is_none() {
            reply.html = markdown::to_html(&reply.text).await;
        }
    }
    outcome
}
