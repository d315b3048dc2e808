//! HTML that may be shown to a visitor, and the plain text in it.

/// `html` without scripts, event handlers, styles and whatever else could act in a reader's page.
pub fn sanitize(html: &str) -> String {
    ammonia::clean(html)
}

/// The text of `html` without its tags.
pub fn plain_text(html: &str) -> String {
    let text = ammonia::Builder::empty().clean(html).to_string();
    // What is left of markup are the five escapes that the sanitiser writes; `&amp;` last, or it would make new ones.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{plain_text, sanitize};

    #[test]
    fn scripts_go_and_text_stays() {
        let html = r#"<p onclick="x()">Fish &amp; <b>chips</b> &lt;3</p><script>steal()</script>"#;
        assert_eq!(sanitize(html), "<p>Fish &amp; <b>chips</b> &lt;3</p>");
        assert_eq!(plain_text(html), "Fish & chips <3");
        assert_eq!(plain_text("&amp;lt;"), "&lt;");
    }
}
