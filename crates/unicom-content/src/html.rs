//! Sanitizing HTML, and its plain text.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use unicom_core::{CoreError, html::CleanHtml};
use url::{ParseError, Url};

mod cost;
mod lines;
mod plain;
mod tokens;

pub(crate) use lines::lines;
pub use plain::plain;

/// Maximum size of HTML in bytes, before it is cleaned.
const LONGEST: usize = 64 << 10;

/// Size in bytes above which cleaning takes too long for an async thread.
const BLOCKING: usize = 16 << 10;

/// Schemes that links may have.
const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// Placeholder for the URL of the page that shows the HTML, which is unknown here.
const HERE: &str = "https://here.invalid/";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .url_schemes(HashSet::from(SCHEMES))
        .attribute_filter(checked_address);
    cleaner
});

/// Cleans `html` of scripts, event handlers, styles, and anything else that could act in a reader's
/// page or contact another server when the HTML is displayed. This takes at most a few
/// milliseconds: do it before a transaction begins, not within it.
///
/// Links lead to `https`, `http`, `mailto` or `tel` addresses without a user, or stay within the
/// site that shows them. They get `rel="noopener noreferrer"`. Images must belong to the site: an
/// image from another server would tell that server the address of every reader of the message, and
/// the time of reading. Only the `alt` text of other images is kept.
///
/// # Errors
/// [`CoreError::TooLarge`] if the HTML has more than 64 KiB, nests elements more than 500 deep, or
/// takes a parser too many steps otherwise; [`CoreError::Nul`].
///
/// ```
/// let html = unicom_content::html::sanitize(
///     r#"<p onclick="x()">Fish &amp; <b>chips</b></p><script>steal()</script>"#,
/// )?;
/// assert_eq!(html.as_str(), "<p>Fish &amp; <b>chips</b></p>");
/// assert_eq!(html.plain_text(), "Fish & chips");
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn sanitize(html: &str) -> Result<CleanHtml, CoreError> {
    if html.contains('\0') {
        return Err(CoreError::Nul { field: "html" });
    }
    if html.len() > LONGEST {
        return Err(too_large(format!("at most {LONGEST} bytes")));
    }
    cost::check(html).map_err(|error| match error {
        cost::TooComplex::Deep => too_large(format!("elements at most {} deep", cost::DEEPEST)),
        cost::TooComplex::Long => too_large("fewer elements and attributes".to_owned()),
    })?;
    let cleaned = CLEANER.clean(html).to_string();
    let text = lines(&cleaned);
    Ok(CleanHtml::from_sanitized(cleaned, text))
}

/// Cleans `html` without blocking the async thread of the caller, as [`sanitize`] does.
///
/// # Errors
/// The errors of [`sanitize`].
pub async fn sanitize_async(html: &str) -> Result<CleanHtml, CoreError> {
    if html.len() <= BLOCKING || html.len() > LONGEST {
        return sanitize(html);
    }
    let html = html.to_owned();
    match tokio::task::spawn_blocking(move || sanitize(&html)).await {
        Ok(cleaned) => cleaned,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Returns the value of an attribute, or `None` if the attribute must be removed.
fn checked_address<'a>(_element: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    let stays = match attribute {
        "src" => stays_here(value),
        "href" | "cite" => match Url::parse(value) {
            Ok(url) => {
                SCHEMES.contains(&url.scheme())
                    && url.username().is_empty()
                    && url.password().is_none()
            }
            Err(_) => stays_here(value),
        },
        _ => true,
    };
    stays.then(|| value.into())
}

/// Returns `true` for an address without a host, such as `/help` or `#top`, on any page. `//host`
/// and its other spellings (`\\host`, `/\t/host`) have a host.
fn stays_here(address: &str) -> bool {
    let is_relative = Url::parse(address) == Err(ParseError::RelativeUrlWithoutBase);
    is_relative
        && Url::parse(HERE)
            .and_then(|here| Ok((here.join(address)?, here)))
            .is_ok_and(|(there, here)| there.origin() == here.origin())
}

fn too_large(limit: String) -> CoreError {
    CoreError::TooLarge {
        field: "html",
        limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> CleanHtml {
        sanitize(html).unwrap()
    }

    #[test]
    fn scripts_are_removed_and_text_is_kept() {
        let html =
            clean(r#"<p onclick="x()">Fish &amp; <b>chips</b> &lt;3</p><script>steal()</script>"#);
        assert_eq!(html.as_str(), "<p>Fish &amp; <b>chips</b> &lt;3</p>");
        assert_eq!(html.to_string(), html.as_str());
        assert_eq!(html.plain_text(), "Fish & chips <3");
        assert_eq!(clean("&amp;lt;").plain_text(), "&lt;");
    }

    #[test]
    fn active_content_is_removed() {
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
            // Markup that is kept as text is escaped.
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
    fn invisible_html_is_empty() {
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
        for seen in ["x", "<b>x</b>", r#"<img src="/a.png">"#] {
            assert!(!clean(seen).is_empty(), "{seen}");
        }
    }

    #[test]
    fn only_relative_image_urls_are_kept() {
        for here in [
            "/unicom/media/a/cat.png",
            "cat.png",
            "../cat.png",
            "?a",
            "./a:b",
        ] {
            let html = format!(r#"<img src="{here}" alt="Cat">"#);
            assert_eq!(clean(&html).as_str(), html);
        }
        for elsewhere in [
            "https://evil.example/a.png",
            "http://evil.example/a.png",
            "https:evil.example/a.png",
            "https:/evil.example",
            "//evil.example/a.png",
            "//here.invalid.evil.example/a.png",
            " //evil.example/a.png",
            "\\\\evil.example/a.png",
            "/\\evil.example/a.png",
            "\\/evil.example/a.png",
            "/\t/evil.example/a.png",
            "/&#9;/evil.example/a.png",
            "&#47;&#47;evil.example/a.png",
            "\n//evil.example",
            "&#1;//evil.example",
            "///evil.example",
            "//user@evil.example",
            "//[evil",
            "data:image/png;base64,AAAA",
            "blob:https://example.org/a",
            "ftp://evil.example/a.png",
            "mailto:ada@example.org",
            "javascript:x",
        ] {
            let html = clean(&format!(r#"<img src="{elsewhere}" alt="Cat">"#));
            assert_eq!(html.as_str(), r#"<img alt="Cat">"#, "{elsewhere:?}");
            assert!(html.is_empty());
        }
        for more in [
            r#"<img srcset="https://evil.example/a.png 2x">"#,
            r#"<picture><source srcset="https://evil.example/a.png"></picture>"#,
            r#"<video poster="https://evil.example/a.png" src="https://evil.example"></video>"#,
            r#"<table background="https://evil.example/a.png"></table>"#,
            r#"<p style="background: url(https://evil.example)">x</p>"#,
            r#"<link rel="stylesheet" href="https://evil.example">"#,
            r#"<svg><image href="https://evil.example"/></svg>"#,
            r#"<iframe src="https://evil.example"></iframe>"#,
        ] {
            assert!(!clean(more).as_str().contains("evil"), "{more}");
        }
    }

    #[test]
    fn only_safe_links_are_kept() {
        for href in [
            "https://example.org/a?b=c#d",
            "http://example.org/",
            "mailto:ada@example.org",
            "tel:+491701234567",
            "/help",
            "help",
            "#top",
            "?page=2",
        ] {
            let html = clean(&format!(r#"<a href="{href}">x</a>"#));
            let expected = format!(r#"<a href="{href}" rel="noopener noreferrer">x</a>"#);
            assert_eq!(html.as_str(), expected);
        }
        for href in [
            "//evil.example/",
            "\\\\evil.example",
            "/\\evil.example",
            "/&#9;/evil.example",
            "https://bank.example@evil.example/",
            "https://bank.example:x@evil.example/",
            "javascript:x",
            "JavaScript:x",
            "java&#9;script:x",
            "data:text/html,x",
            "ftp://example.org",
            "sms:110",
            "magnet:?xt=x",
            "ssh://example.org",
            "https://",
        ] {
            let html = clean(&format!(r#"<a href="{href}">x</a>"#));
            assert_eq!(
                html.as_str(),
                r#"<a rel="noopener noreferrer">x</a>"#,
                "{href:?}"
            );
        }
        let quote = clean(r#"<q cite="//evil.example">x</q><q cite="https://example.org">y</q>"#);
        assert_eq!(
            quote.as_str(),
            r#"<q>x</q><q cite="https://example.org">y</q>"#
        );
    }

    #[test]
    fn too_complex_html_is_rejected() {
        let deep = |n| format!("{}x{}", "<div>".repeat(n), "</div>".repeat(n));
        assert_eq!(clean(&deep(400)).plain_text(), "x");
        let row = r#"<tr><td style="a:b" width=9><a href="https://example.org">Hi <b>you</b></a></td></tr>"#;
        let letter = format!("{}{}", "<div><table><tr><td>".repeat(5), row.repeat(700));
        assert!(clean(&letter).plain_text().starts_with("Hi you"));
        let bold: String = (0..400).map(|each| format!("<b title={each}>")).collect();
        for (said, html) in [
            ("at most 65536 bytes", "x".repeat(65_537)),
            ("at most 500 deep", deep(501)),
            // None of these closes an open element.
            ("at most 500 deep", "<div></x>".repeat(600)),
            ("at most 500 deep", "<div><!--</div>-->".repeat(600)),
            ("at most 500 deep", r#"<div title="</div>">"#.repeat(600)),
            ("at most 500 deep", "<div><style></div></style>".repeat(600)),
            (
                "too large",
                "<div><svg><![CDATA[></svg></div>]]>".repeat(600),
            ),
            ("at most 500 deep", "<style><!--</style><div>".repeat(600)),
            // HTML reopens these elements in every paragraph.
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
            let refused = sanitize(&html);
            let Err(error @ CoreError::TooLarge { field: "html", .. }) = refused else {
                panic!("{said}: {}", &html[..50]);
            };
            assert!(error.to_string().contains(said), "{error}: {}", &html[..50]);
        }
        assert!(matches!(
            sanitize("a\0"),
            Err(CoreError::Nul { field: "html" })
        ));
    }
}
