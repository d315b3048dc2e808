//! HTML as plain text with its paragraphs, lists, quotes and links, for platforms without markup.

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::tokens::each_token;

/// The line before and after a code block.
const FENCE: &str = "```";

/// Returns the text of sanitized HTML for a platform without markup. Paragraphs are separated by a
/// blank line, items of lists begin with `-` or a number, quotes with `>`, and code blocks are
/// between lines of three backticks. The address of a link follows its text, and an image becomes
/// its `alt` text.
///
/// ```
/// use unicom_content::html::plain;
///
/// let text = plain(r#"<p>See <a href="https://example.org/a">here</a>:</p><ul><li>one<li>two</ul>"#);
/// assert_eq!(text, "See here (https://example.org/a):\n\n- one\n- two");
/// ```
pub fn plain(html: &str) -> String {
    let mut writer = Writer::default();
    each_token(html, |token| match token {
        Token::CharacterTokens(text) => writer.text(&text),
        Token::TagToken(tag) if tag.kind == TagKind::StartTag => writer.start(&tag),
        Token::TagToken(tag) => writer.end(&tag.name),
        _ => {}
    });
    writer.text.trim().to_owned()
}

/// The text so far, and the elements that are open.
#[derive(Default)]
struct Writer {
    text: String,
    /// The number of line breaks before the next text.
    breaks: usize,
    /// Whether a space comes before the next text.
    space: bool,
    /// What begins the next line, such as the number of an item.
    marker: Option<String>,
    /// The open lists, with the number of the last item of those with numbers.
    lists: Vec<Option<usize>>,
    /// The number of open quotes.
    quotes: usize,
    /// The number of open code blocks.
    code_blocks: usize,
    /// The addresses of open links, and where their texts begin.
    links: Vec<(String, usize)>,
    /// Whether the row has a cell.
    has_cell: bool,
}

impl Writer {
    fn start(&mut self, tag: &Tag) {
        let attribute = |name: &str| {
            let mut attributes = tag.attrs.iter();
            attributes
                .find(|one| &*one.name.local == name)
                .map(|one| one.value.to_string())
        };
        match &*tag.name {
            "br" => self.breaks += 1,
            "hr" => {
                self.separate(2);
                self.word("---");
                self.separate(2);
            }
            "img" => self.text(&attribute("alt").unwrap_or_default()),
            "a" => {
                let start = self.text.len();
                self.links
                    .push((attribute("href").unwrap_or_default(), start));
            }
            "ul" | "ol" => {
                self.separate(if self.lists.is_empty() { 2 } else { 1 });
                let first = attribute("start").and_then(|start| start.parse().ok());
                let before = first.unwrap_or(1_usize).saturating_sub(1);
                self.lists.push((&*tag.name == "ol").then_some(before));
            }
            "li" => {
                self.separate(1);
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{number}. ")
                    }
                    _ => "- ".to_owned(),
                });
            }
            "blockquote" => {
                self.separate(2);
                self.quotes += 1;
            }
            "pre" => {
                self.separate(2);
                self.word(FENCE);
                self.breaks = 1;
                self.code_blocks += 1;
            }
            "tr" => {
                self.separate(1);
                self.has_cell = false;
            }
            "td" | "th" => {
                if std::mem::replace(&mut self.has_cell, true) {
                    self.space = true;
                    self.word("|");
                    self.space = true;
                }
            }
            name => self.separate(breaks_around(name)),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "a" => {
                if let Some((address, start)) = self.links.pop() {
                    self.address(&address, start);
                }
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.separate(if self.lists.is_empty() { 2 } else { 1 });
            }
            "blockquote" => {
                self.separate(2);
                self.quotes = self.quotes.saturating_sub(1);
            }
            "pre" if self.code_blocks > 0 => {
                self.code_blocks -= 1;
                self.breaks = 1;
                self.word(FENCE);
                self.separate(2);
            }
            "li" | "tr" => self.separate(1),
            name => self.separate(breaks_around(name)),
        }
    }

    /// Writes the address of a link whose text begins at `start`, unless the text says it.
    fn address(&mut self, address: &str, start: usize) {
        let is_full = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| address.starts_with(scheme));
        let said = self.text.get(start..).unwrap_or_default().trim();
        let bare = ["mailto:", "tel:", "https://", "http://"]
            .iter()
            .fold(address, |rest, scheme| {
                rest.strip_prefix(scheme).unwrap_or(rest)
            });
        let without_slash = said.trim_end_matches('/');
        let says_it = [address, bare]
            .iter()
            .any(|one| one.trim_end_matches('/') == without_slash);
        if is_full && !says_it {
            self.space |= !said.is_empty();
            self.word(&format!("({address})"));
        }
    }

    /// Separates what comes next by at least this number of line breaks.
    fn separate(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    fn text(&mut self, text: &str) {
        if self.code_blocks > 0 {
            return self.code(text);
        }
        // Spaces that do not break stay.
        let is_space = |c: char| c.is_ascii_whitespace();
        for (at, word) in text.split(is_space).enumerate() {
            self.space |= at > 0;
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    fn code(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            self.breaks += usize::from(at > 0);
            if !line.is_empty() {
                self.word(line);
            }
        }
    }

    fn word(&mut self, word: &str) {
        let is_first = self.text.is_empty();
        if is_first || self.breaks > 0 {
            let breaks = if is_first { 0 } else { self.breaks };
            for at in 0..breaks {
                let is_between = at > 0 && self.quotes > 0;
                self.text.push_str(if is_between { ">\n" } else { "\n" });
            }
            self.text.push_str(&"> ".repeat(self.quotes));
            let depth = self.lists.len().saturating_sub(1);
            self.text.push_str(&"  ".repeat(depth));
        } else if self.space {
            self.text.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        if let Some(marker) = self.marker.take() {
            self.text.push_str(&marker);
        }
        self.text.push_str(word);
    }
}

/// Returns the number of line breaks around an element.
fn breaks_around(name: &str) -> usize {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure" => 2,
        "div" | "article" | "aside" | "section" | "header" | "footer" | "nav" | "center"
        | "caption" | "details" | "summary" | "dt" | "dd" | "figcaption" | "hgroup" => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_of_html_is_kept_in_the_text() {
        for (html, text) in [
            ("", ""),
            ("Fish &amp; <b>chips</b>", "Fish & chips"),
            ("<p>One\n  two</p><p>Three</p>", "One two\n\nThree"),
            (
                "<h1>News</h1>today<br>and<br><br>later",
                "News\n\ntoday\nand\n\nlater",
            ),
            ("a<div>b</div>c", "a\nb\nc"),
            ("<b>a</b> <i>b</i>", "a b"),
            (
                "<ol start=\"3\"><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ol>d",
                "3. a\n  - b\n\n4. c\n\nd",
            ),
            (
                "<blockquote><p>a</p><p>b</p></blockquote>c",
                "> a\n>\n> b\n\nc",
            ),
            (
                "Try:<pre><code>fn a() {\n    b();\n}\n</code></pre>Done.",
                "Try:\n\n```\nfn a() {\n    b();\n}\n```\n\nDone.",
            ),
            (
                "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
                "a | b\n1 | 2",
            ),
            (
                r#"<img src="/cat.png" alt="A cat"> and <hr> more"#,
                "A cat and\n\n---\n\nmore",
            ),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn address_of_a_link_is_given_once() {
        for (html, text) in [
            (
                r#"<a href="https://example.org/">here</a>!"#,
                "here (https://example.org/)!",
            ),
            (
                r#"<a href="https://example.org/">example.org</a>"#,
                "example.org",
            ),
            (
                r#"<a href="https://example.org/a">https://example.org/a</a>"#,
                "https://example.org/a",
            ),
            (
                r#"<a href="mailto:ada@example.org">ada@example.org</a>"#,
                "ada@example.org",
            ),
            (r#"<a href="tel:110">Police</a>"#, "Police (tel:110)"),
            // Only the site of the HTML has it.
            (r#"<a href="/help">help</a>"#, "help"),
            (
                r#"<a href="https://example.org/a"></a>"#,
                "(https://example.org/a)",
            ),
            ("<a>x</a></a>", "x"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }
}
