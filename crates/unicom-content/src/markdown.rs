//! Markdown of bots as HTML.

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use unicom_core::CoreError;
use unicom_core::html::CleanHtml;

use crate::html::sanitize_async;

/// Returns a text in Markdown as HTML, cleaned as by [`sanitize`](crate::html::sanitize). Returns
/// `None` if the text has no formatting, or is too large or too complex for HTML: it is then shown
/// as it is.
///
/// The syntax is CommonMark with the tables, strikethrough and task lists of GitHub. Addresses in
/// the text become links. Since models and people write one line after the other as they are to be
/// read, a line break stays one. HTML in the text is shown as text.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let html = unicom_content::markdown::to_html("It **is**:\n- `one`\n- <b>two</b>").await;
/// assert_eq!(
///     html.unwrap().as_str(),
///     "<p>It <strong>is</strong>:</p>\n<ul>\n<li><code>one</code></li>\n\
///      <li>&lt;b&gt;two&lt;/b&gt;</li>\n</ul>\n"
/// );
/// assert_eq!(unicom_content::markdown::to_html("It is:\none.").await, None);
/// # });
/// ```
pub async fn to_html(text: &str) -> Option<CleanHtml> {
    if text.len() > LONGEST || !is_formatted(text) {
        return None;
    }
    let mut written = String::new();
    html::push_html(&mut written, events(text));
    match sanitize_async(&written).await {
        Ok(html) => Some(html),
        Err(CoreError::TooLarge { .. } | CoreError::Nul { .. }) => None,
        Err(error) => {
            log::warn!("a text in Markdown is shown as it is: {error}");
            None
        }
    }
}

/// Maximum size of a text in bytes: that of HTML.
const LONGEST: usize = 64 << 10;

fn parser(text: &str) -> Parser<'_> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    Parser::new_ext(text, options)
}

/// Returns `true` if the text has more than paragraphs of words.
fn is_formatted(text: &str) -> bool {
    parser(text).any(|event| {
        !matches!(
            event,
            Event::Text(_)
                | Event::SoftBreak
                | Event::HardBreak
                // Shown as text.
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Paragraph | Tag::HtmlBlock)
                | Event::End(TagEnd::Paragraph | TagEnd::HtmlBlock)
        )
    })
}

/// Returns the events of a text as they are written.
fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let mut depth_of_links = 0_usize;
    let mut is_code = false;
    parser(text).flat_map(move |event| {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => depth_of_links += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => depth_of_links -= 1,
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            _ => {}
        }
        match event {
            Event::Text(text) if depth_of_links == 0 && !is_code => with_links(text),
            Event::Html(html) | Event::InlineHtml(html) => vec![Event::Text(html)],
            Event::SoftBreak => vec![Event::HardBreak],
            // Paragraphs of what is text here.
            Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
            Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
            // A check box would be an element of a form.
            Event::TaskListMarker(is_done) => {
                vec![Event::Text(if is_done { "☑ " } else { "☐ " }.into())]
            }
            event => vec![event],
        }
    })
}

/// Returns the text with its addresses as links.
fn with_links(text: CowStr<'_>) -> Vec<Event<'_>> {
    if !text.contains("://") {
        return vec![Event::Text(text)];
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut events = Vec::new();
    for span in finder.spans(&text) {
        let shown = Event::Text(span.as_str().to_owned().into());
        if span.kind().is_none() {
            events.push(shown);
            continue;
        }
        events.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: span.as_str().to_owned().into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        events.push(shown);
        events.push(Event::End(TagEnd::Link));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::to_html;

    async fn html(text: &str) -> String {
        let html = to_html(text).await;
        html.map_or_else(String::new, |html| html.as_str().replace('\n', ""))
    }

    #[tokio::test]
    async fn formatting_becomes_elements() {
        for (text, elements) in [
            (
                "**a** *b* ~~c~~ `d`",
                "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>",
            ),
            ("# Title\n\nText", "<h1>Title</h1><p>Text</p>"),
            ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
            ("3. three", "<ol start=\"3\"><li>three</li></ol>"),
            (
                "- [x] done\n- [ ] open",
                "<ul><li>☑ done</li><li>☐ open</li></ul>",
            ),
            ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
            (
                "```rust\nlet a = 1 < 2;\n```",
                "<pre><code>let a = 1 &lt; 2;</code></pre>",
            ),
            ("a **b**\nc", "<p>a <strong>b</strong><br>c</p>"),
        ] {
            assert_eq!(html(text).await, elements, "{text}");
        }
        let table = html("| a | b |\n|---|---|\n| 1 | 2 |").await;
        assert!(table.starts_with("<table><thead><tr><th>a</th>"), "{table}");
    }

    #[tokio::test]
    async fn text_without_formatting_stays_a_text() {
        for text in [
            "",
            "Hello!",
            "Two\nlines and\n\na paragraph",
            "2 * 3 * 4 = 24 and a_b_c",
            "https://example.com/a_b_c is here",
            "1 < 2 <b>bold</b>",
            "<div>\nblock\n</div>",
            "C:\\path #1",
        ] {
            assert_eq!(to_html(text).await, None, "{text}");
        }
        assert_eq!(
            to_html(&format!("**a** {}", "x".repeat(70_000))).await,
            None
        );
        assert_eq!(to_html(&"> ".repeat(20_000)).await, None);
    }

    #[tokio::test]
    async fn nothing_acts() {
        for (text, elements) in [
            (
                "**a** <script>x()</script>",
                "<p><strong>a</strong> &lt;script&gt;x()&lt;/script&gt;</p>",
            ),
            (
                "**a**\n\n<img src=x onerror=x()>",
                "<p><strong>a</strong></p><p>&lt;img src=x onerror=x()&gt;</p>",
            ),
            (
                "[a](javascript:x())",
                "<p><a rel=\"noopener noreferrer\">a</a></p>",
            ),
            (
                "![secret](https://evil.example/?q=1)",
                "<p><img alt=\"secret\"></p>",
            ),
        ] {
            let made = html(text).await;
            assert!(
                !made.contains("<script") && !made.contains("javascript:"),
                "{made}"
            );
            assert!(!made.contains("evil.example"), "{made}");
            assert_eq!(made, elements, "{text}");
        }
    }

    #[tokio::test]
    async fn addresses_become_links() {
        let link = |url: &str| format!("<a href=\"{url}\" rel=\"noopener noreferrer\">{url}</a>");
        let url = "https://example.com/a_b?c=d";
        assert_eq!(
            html(&format!("**see** {url}.")).await,
            format!("<p><strong>see</strong> {}.</p>", link(url))
        );
        assert_eq!(
            html(&format!("<{url}>")).await,
            format!("<p>{}</p>", link(url))
        );
        let named = html(&format!("[{url}]({url}) `{url}`")).await;
        assert_eq!(named.matches("<a ").count(), 1, "{named}");
    }
}
