//! The command `unicom widget snippet`.

use serde::Serialize;
use unicom_models::ChannelId;
use unicom_webchat::SiteOrigin;

use super::{Context, web};
use crate::output::{Format, note};
use crate::{Failure, Settings};

/// What a page needs for the chat.
#[derive(Debug, Serialize)]
struct Snippet {
    channel: ChannelId,
    /// The channel's key, if pages of other sites use the channel.
    key: Option<String>,
    html: String,
    /// The sites whose pages may use the channel, apart from this server's.
    origins: Vec<String>,
    /// What a Content Security Policy of the page must include.
    content_security_policy: String,
}

/// Prints the line for pages to standard output, and what else a page needs to standard error.
pub(super) fn run(context: &Context<'_>, id: ChannelId) -> Result<(), Failure> {
    let channel = web::channel(context, id)?;
    let settings = web::settings(&channel)?;
    let base = &context.settings.base_path;
    let (html, server, connect) = match &settings {
        Some(web) => {
            let server = public_origin(context.settings)?;
            let key = &web.key;
            let html = format!(
                r#"<script async src="{server}{base}/widget.js" data-channel="{key}"></script>"#
            );
            // A source with https does not include WebSockets (CSP 3, 6.7.2.8).
            let sockets = server.replacen("http", "ws", 1);
            let connect = format!("{server} {sockets}");
            (html, server, connect)
        }
        None => {
            let html =
                format!(r#"<script async src="{base}/widget.js" data-channel-id="{id}"></script>"#);
            (html, "'self'".to_owned(), "'self'".to_owned())
        }
    };
    let policy = format!(
        "script-src {server}; connect-src {connect}; img-src {server} blob:; media-src {server} \
         blob:"
    );
    let (key, origins) = match settings {
        Some(web) => (Some(web.key), web.origins),
        None => (None, Vec::new()),
    };
    if context.format == Format::Text {
        explain(id, key.is_some(), &origins, &policy);
    }
    let snippet = Snippet {
        channel: id,
        key: key.map(|key| key.to_string()),
        html,
        origins: origins.iter().map(SiteOrigin::to_string).collect(),
        content_security_policy: policy,
    };
    // Standard output contains only the line, so that it can go into a file.
    context.format.done(&snippet.html, &snippet)
}

fn explain(id: ChannelId, is_open: bool, origins: &[SiteOrigin], policy: &str) {
    let allow = format!("`unicom widget allow --channel {id} --origin https://shop.example`");
    match (is_open, origins.is_empty()) {
        (false, _) => note(format_args!(
            "unicom: for pages of this server's own origin; {allow} opens the channel to those of \
             other sites"
        )),
        (true, true) => note(format_args!(
            "unicom: no site may use the channel yet; {allow} allows one whose pages have this line"
        )),
        (true, false) => note(format_args!("unicom: for pages of {}", web::list(origins))),
    }
    note(format_args!(
        "unicom: a Content Security Policy of the page must include: {policy}"
    ));
}

/// Returns the origin at which browsers reach the server.
fn public_origin(settings: &Settings) -> Result<String, Failure> {
    let origin = settings.public_origin.as_ref();
    origin.map(ToString::to_string).ok_or_else(|| {
        Failure::Usage(
            "pages of other sites need the address of this server: set `UNICOM_PUBLIC_ORIGIN` or \
             `--public-origin`, such as `https://chat.example.com`"
                .to_owned(),
        )
    })
}
