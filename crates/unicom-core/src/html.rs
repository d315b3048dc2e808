//! `CleanHtml`: HTML that is safe to show to a reader.

use std::fmt;

use crate::text::has_visible;

/// HTML without scripts, event handlers, styles, and anything else that could act in a reader's
/// page or contact another server when the HTML is displayed, and its text.
///
/// The crate `unicom-content` creates it from any HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanHtml {
    html: String,
    text: String,
}

impl CleanHtml {
    /// Wraps HTML that a sanitizer has cleaned, and its text without tags.
    ///
    /// This checks nothing. `unicom_content::html::sanitize` is the only caller in unicom: readers
    /// get the HTML as it is.
    pub fn from_sanitized(html: String, text: String) -> Self {
        Self { html, text }
    }

    /// Returns the cleaned HTML.
    pub fn as_str(&self) -> &str {
        &self.html
    }

    /// Returns the text of the HTML, without tags.
    pub fn plain_text(&self) -> &str {
        &self.text
    }

    /// Returns `true` if a reader sees nothing: there is neither text nor an image.
    pub fn is_empty(&self) -> bool {
        // Quotes in values are escaped, so this is an attribute.
        !has_visible(&self.text) && !self.html.contains(" src=\"")
    }

    /// Returns the HTML and its text.
    pub(crate) fn into_parts(self) -> (String, String) {
        (self.html, self.text)
    }
}

impl fmt::Display for CleanHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html)
    }
}
