//! Fuzzes the responses of a bot on the network.

use std::cell::RefCell;

use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};
use unicom_content::media::ObjectMediaStore;
use unicom_content::{html::sanitize, replies::outcome_from_json};
use unicom_core::html::CleanHtml;
use unicom_core::media::MediaStore;

/// The maximum number of replies to one request.
const MOST: usize = 20;

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(
        Builder::new_current_thread().build().expect("a runtime can be made"),
    );
}

/// Parses the input as the JSON of a bot's response.
///
/// Accepted replies must be bounded and clean, and their files must be in the store. A refused
/// response must leave no files there.
pub fn bot_replies(data: &[u8]) {
    let Ok(body) = serde_json::from_slice(data) else {
        return;
    };
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            let media = ObjectMediaStore::in_memory();
            let replies = outcome_from_json(&media, &body)
                .await
                .unwrap_or_default()
                .replies;
            assert!(replies.len() <= MOST);
            let mut files = 0;
            for reply in &replies {
                assert!(!reply.text.contains('\0'));
                if let Some(html) = &reply.html {
                    assert_is_clean(html);
                }
                if let Some((_, file)) = &reply.media {
                    files += 1;
                    assert!(file.size > 0 && !file.name.contains(['/', '\\', '\0']));
                }
            }
            assert_eq!(stored(&media).await, files, "files without a reply");
        });
    });
}

/// Checks that the HTML has no active content, and neither has its reparsed form. A browser may
/// build another tree than the one that was sanitised.
fn assert_is_clean(html: &CleanHtml) {
    assert_nothing_acts(html.as_str());
    if let Ok(again) = sanitize(html.as_str()) {
        assert_nothing_acts(again.as_str());
        // An HTML parser normalises all line endings.
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(again.plain_text(), lines(html.plain_text()));
    }
}

fn assert_nothing_acts(text: &str) {
    let lower = text.to_lowercase();
    for acts in [
        "<script",
        "<iframe",
        "<style",
        "<svg",
        "<form",
        "href=\"javascript:",
    ] {
        assert!(!lower.contains(acts), "{text}");
    }
}

async fn stored(media: &ObjectMediaStore) -> usize {
    media.list("messages".to_owned()).count().await
}
