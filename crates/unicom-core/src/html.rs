//! HTML that may be shown to a visitor, and the plain text in it.

use std::fmt;

use crate::CoreError;

mod cost;

/// Bytes of HTML at the most, before it is cleaned.
const LONGEST: usize = 64 << 10;

/// Bytes from which cleaning is too long a work for a thread that others wait for.
const BLOCKING: usize = 16 << 10;

/// HTML without scripts, event handlers, styles and whatever else could act in a reader's page.
///
/// ```
/// use unicom_core::CleanHtml;
/// let html = CleanHtml::new(r#"<p onclick="x()">Fish &amp; <b>chips</b></p><script>steal()</script>"#)?;
/// assert_eq!(html.as_str(), "<p>Fish &amp; <b>chips</b></p>");
/// assert_eq!(html.plain_text(), "Fish & chips");
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanHtml {
    html: String,
    text: String,
}

impl CleanHtml {
    /// Cleans `html`, which takes some milliseconds at most: do it before a transaction begins, not in it.
    ///
    /// # Errors
    /// [`CoreError::TooLarge`] over 64 KiB, for elements deeper than 500 within each other, and for what takes a parser
    /// too many steps otherwise; [`CoreError::Nul`].
    pub fn new(html: &str) -> Result<Self, CoreError> {
        if html.contains('\0') {
            return Err(CoreError::Nul { field: "html" });
        }
        if html.len() > LONGEST {
            return Err(too_large(format!("at most {LONGEST} bytes")));
        }
        cost::check(html).map_err(|dear| match dear {
            cost::TooDear::Deep => too_large(format!("elements at most {} deep", cost::DEEPEST)),
            cost::TooDear::Long => too_large("fewer elements and attributes".to_owned()),
        })?;
        Ok(Self {
            text: plain_text(html),
            html: ammonia::clean(html),
        })
    }

    /// The same for an async caller, whose thread it does not hold up.
    ///
    /// # Errors
    /// Those of [`CleanHtml::new`].
    pub async fn new_async(html: &str) -> Result<Self, CoreError> {
        if html.len() <= BLOCKING || html.len() > LONGEST {
            return Self::new(html);
        }
        let html = html.to_owned();
        match tokio::task::spawn_blocking(move || Self::new(&html)).await {
            Ok(cleaned) => cleaned,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.html
    }

    /// Its text, without tags.
    pub fn plain_text(&self) -> &str {
        &self.text
    }

    /// Whether a reader sees nothing of it: it has neither a text nor an image.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.html.contains("<img ")
    }

    /// The HTML and its text.
    pub(crate) fn into_parts(self) -> (String, String) {
        (self.html, self.text)
    }
}

impl fmt::Display for CleanHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html)
    }
}

fn too_large(limit: String) -> CoreError {
    CoreError::TooLarge {
        field: "html",
        limit,
    }
}

/// The text of `html` without its tags.
fn plain_text(html: &str) -> String {
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
    use super::*;

    fn clean(html: &str) -> CleanHtml {
        CleanHtml::new(html).unwrap()
    }

    #[test]
    fn scripts_go_and_text_stays() {
        let html =
            clean(r#"<p onclick="x()">Fish &amp; <b>chips</b> &lt;3</p><script>steal()</script>"#);
        assert_eq!(html.as_str(), "<p>Fish &amp; <b>chips</b> &lt;3</p>");
        assert_eq!(html.to_string(), html.as_str());
        assert_eq!(html.plain_text(), "Fish & chips <3");
        assert_eq!(clean("&amp;lt;").plain_text(), "&lt;");
    }

    #[test]
    fn nothing_that_runs_or_fetches_by_itself_is_left() {
        for html in [
            r#"<img src=x onerror=alert(1)>"#,
            r#"<img src="javascript:alert(1)">"#,
            r#"<body onload=alert(1)>x</body>"#,
            r#"<b onmouseover="alert(1)" ONCLICK=alert(1)>x</b>"#,
            r#"<a href="javascript:alert(1)">x</a>"#,
            r#"<a href=" java&#10;script:alert(1)">x</a>"#,
            r#"<a href="JaVaScRiPt&colon;alert(1)">x</a>"#,
            r#"<a href="data:text/html,<script>alert(1)</script>">x</a>"#,
            r#"<a href="vbscript:msgbox(1)">x</a>"#,
            r#"<style>@import "https://evil.example/x.css"</style>x"#,
            r#"<p style="background:url(https://evil.example/x)">x</p>"#,
            r#"<link rel=stylesheet href="https://evil.example/x.css">x"#,
            r#"<form action="https://evil.example"><input name=p><button>x</button></form>"#,
            r#"<svg onload=alert(1)><script>alert(1)</script><a xlink:href="javascript:alert(1)">x</a></svg>"#,
            r#"<svg><style><img src=x onerror=alert(1)></style></svg>"#,
            r#"<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>"#,
            r#"<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>"#,
            r#"<iframe src="javascript:alert(1)"></iframe><object data="x"></object><embed src="x">"#,
            r#"<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=javascript:alert(1)">"#,
            r#"<template><script>alert(1)</script></template>"#,
            r#"<<script>script>alert(1)<</script>/script>"#,
        ] {
            let cleaned = clean(html);
            let said = cleaned.as_str().to_lowercase();
            // What is left of it as text is escaped.
            let markup: String = said
                .split('<')
                .skip(1)
                .filter_map(|tag| tag.split('>').next())
                .collect();
            for word in [
                "script",
                "style",
                "onerror",
                "onload",
                "onclick",
                "onmouseover",
                "javascript",
                "data:",
                "vbscript",
                "form",
                "input",
                "button",
                "svg",
                "math",
                "iframe",
                "object",
                "embed",
                "base",
                "meta",
                "link",
                "template",
            ] {
                assert!(!markup.contains(word), "`{word}` of {html} in {said}");
            }
        }
    }

    #[test]
    fn what_nobody_sees_is_empty() {
        for empty in [
            "",
            " ",
            "<script>x()</script>",
            "<p> </p><!-- x -->",
            "&nbsp;",
            "<b></b>",
        ] {
            assert!(clean(empty).is_empty(), "{empty}");
        }
        for seen in ["x", "<b>x</b>", r#"<img src="https://example.org/a.png">"#] {
            assert!(!clean(seen).is_empty(), "{seen}");
        }
    }

    #[test]
    fn what_would_take_long_is_refused() {
        let deep = |n| format!("{}x{}", "<div>".repeat(n), "</div>".repeat(n));
        assert_eq!(clean(&deep(400)).plain_text(), "x");
        let row = r#"<tr><td style="a:b" width=9><a href="https://example.org">Hi <b>you</b></a></td></tr>"#;
        let letter = format!("{}{}", "<div><table><tr><td>".repeat(5), row.repeat(700));
        assert!(clean(&letter).plain_text().starts_with("Hi you"));
        let bold: String = (0..400).map(|each| format!("<b title={each}>")).collect();
        for (said, html) in [
            ("at most 65536 bytes", "x".repeat(65_537)),
            ("at most 500 deep", deep(501)),
            // None of these closes what is open.
            ("at most 500 deep", "<div></x>".repeat(600)),
            ("at most 500 deep", "<div><!--</div>-->".repeat(600)),
            ("at most 500 deep", r#"<div title="</div>">"#.repeat(600)),
            ("at most 500 deep", "<div><style></div></style>".repeat(600)),
            (
                "too large",
                "<div><svg><![CDATA[></svg></div>]]>".repeat(600),
            ),
            ("at most 500 deep", "<style><!--</style><div>".repeat(600)),
            // HTML opens these again in every paragraph.
            (
                "fewer elements",
                format!("<p>{bold}</p>{}", "<p>x".repeat(9_000)),
            ),
            (
                "fewer elements",
                format!("{}{}", "<span>".repeat(400), "</x>".repeat(9_000)),
            ),
            ("fewer elements", format!("<table>{}", "<br>".repeat(9_000))),
            ("fewer elements", format!("<a {}>", "x ".repeat(9_000))),
        ] {
            let refused = CleanHtml::new(&html);
            let Err(error @ CoreError::TooLarge { field: "html", .. }) = refused else {
                panic!("{said}: {}", &html[..50]);
            };
            assert!(error.to_string().contains(said), "{error}: {}", &html[..50]);
        }
        assert!(matches!(
            CleanHtml::new("a\0"),
            Err(CoreError::Nul { field: "html" })
        ));
    }
}
