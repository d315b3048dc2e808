//! The text of HTML with a line for each block, for lists of chats, searches and bots.

use html5ever::tokenizer::{TagKind, Token};

use super::tokens::each_token;

/// Maximum number of line breaks in a row: one blank line.
const MOST_BREAKS: usize = 2;

/// Returns the text of sanitized HTML without its tags. Blocks, items of lists and rows of tables
/// begin on a new line, cells of a row are separated by tabs, and `<br>` is a line break. White
/// space is collapsed as a browser does.
pub(crate) fn lines(html: &str) -> String {
    let mut writer = Writer::default();
    each_token(html, |token| match token {
        Token::CharacterTokens(text) => writer.text(&text),
        Token::TagToken(tag) => writer.tag(&tag.name, tag.kind),
        _ => {}
    });
    writer.text.trim().to_owned()
}

/// The text so far, and what comes before the next word.
#[derive(Default)]
struct Writer {
    text: String,
    breaks: usize,
    space: bool,
    /// Whether the row has a cell.
    has_cell: bool,
    /// Number of tabs before the next word of the row.
    tabs: usize,
    /// Number of open elements whose white space is kept.
    preformatted: usize,
}

impl Writer {
    fn tag(&mut self, name: &str, kind: TagKind) {
        let starts = kind == TagKind::StartTag;
        match name {
            "br" => self.breaks += 1,
            "td" | "th" if starts => {
                self.tabs += usize::from(std::mem::replace(&mut self.has_cell, true));
                self.space = false;
            }
            "tr" => {
                self.end_line();
                (self.has_cell, self.tabs) = (false, 0);
            }
            "pre" => {
                self.end_line();
                self.preformatted = match starts {
                    true => self.preformatted + 1,
                    false => self.preformatted.saturating_sub(1),
                };
            }
            // A cell with one block stays on the line of its row.
            name if is_block(name) && !self.has_cell => self.end_line(),
            name if is_block(name) => self.space = true,
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.breaks = self.breaks.max(1);
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (at, line) in text.split('\n').enumerate() {
                self.breaks += usize::from(at > 0);
                if !line.is_empty() {
                    self.word(line);
                }
            }
            return;
        }
        // Spaces that do not break stay.
        for (at, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= at > 0;
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.text.is_empty() || self.breaks > 0 {
            let most = if self.preformatted > 0 {
                usize::MAX
            } else {
                MOST_BREAKS
            };
            let breaks = if self.text.is_empty() {
                0
            } else {
                self.breaks.min(most)
            };
            self.text.extend(std::iter::repeat_n('\n', breaks));
        } else if self.tabs == 0 && self.space {
            self.text.push(' ');
        }
        self.text.extend(std::iter::repeat_n('\t', self.tabs));
        (self.breaks, self.space, self.tabs) = (0, false, 0);
        self.text.push_str(word);
    }
}

/// Returns `true` for elements that browsers show on separate lines.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
            | "hr"
            | "table"
            | "caption"
            | "article"
            | "aside"
            | "section"
            | "header"
            | "footer"
            | "nav"
            | "center"
            | "details"
            | "summary"
            | "figure"
            | "figcaption"
            | "hgroup"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_html_are_kept_apart() {
        for (html, text) in [
            ("", ""),
            ("<p> </p>&nbsp;", ""),
            (
                "<p>Hello <b>you</b></p><ul><li>one</li><li>two</li></ul>",
                "Hello you\none\ntwo",
            ),
            ("<p>a</p>\n\n<p>b</p>", "a\nb"),
            ("un<b>pack</b>ed", "unpacked"),
            ("a<br>b<br><br><br>c", "a\nb\n\nc"),
            ("<br><br>a<br>", "a"),
            ("a<div>b</div>c", "a\nb\nc"),
            ("<h1>News</h1>today", "News\ntoday"),
            (
                "<ol><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ol>d",
                "a\nb\nc\nd",
            ),
            ("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb"),
            ("<blockquote>a</blockquote>b", "a\nb"),
            ("a<hr>b", "a\nb"),
            (
                "<table><tr><th>a</th><th>b</th></tr>\n<tr> <td>1</td> <td><p>2</p></td></tr></table>c",
                "a\tb\n1\t2\nc",
            ),
            ("<table><tr><td></td><td>x</td></tr></table>", "x"),
            (
                "<p>Try:</p><pre><code>fn a() {\n\n\n    b();\n}\n</code></pre>Done.",
                "Try:\nfn a() {\n\n\n    b();\n}\nDone.",
            ),
            ("&lt;b&gt; &amp;amp; &quot;", "<b> &amp; \""),
            ("a \n\t b&nbsp;c", "a b\u{a0}c"),
        ] {
            assert_eq!(lines(html), text, "{html}");
        }
    }
}
