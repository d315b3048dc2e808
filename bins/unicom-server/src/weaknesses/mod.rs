//! Settings that are valid but weaken the server: `unicom check` reports them as "ok, but", and a
//! server logs them when it starts.

mod files;
mod networks;
mod postgres;
mod weakness;

use unicom_auth::Origin;
use url::Url;

pub(crate) use weakness::Weakness;

use crate::{Registration, SecurityLog, Settings};

/// Returns the weaknesses of these settings, and of the files that they name.
pub(crate) fn of(settings: &Settings) -> Vec<Weakness> {
    let mut found = Vec::new();
    found.extend(argument(settings));
    found.extend(postgres::of(settings));
    found.extend(without_https(settings));
    found.extend(plain_origins(settings));
    found.extend(cookies(settings));
    found.extend(networks::of(settings));
    found.extend(rates(settings));
    found.extend(quotas(settings));
    if settings.security_log == SecurityLog::Off {
        found.push(Weakness {
            id: "security_log_off",
            what: "security_log",
            detail: "is off: failed logins, refusals and what staff read leave no trace".to_owned(),
        });
    }
    found.extend(files::of(settings));
    found
}

/// Logs the weaknesses of these settings, once.
pub(crate) fn warn(settings: &Settings) {
    for weakness in of(settings) {
        log::warn!(weakness = weakness.id; "`{}` {}", weakness.what, weakness.detail);
    }
}

/// Finds a password among the arguments, which the list of processes shows to every user of the
/// machine.
fn argument(settings: &Settings) -> Option<Weakness> {
    let url = &settings.database_url;
    let parsed = Url::parse(url).ok()?;
    let in_query = || parsed.query_pairs().any(|(name, _)| name == "password");
    let has_password = parsed.password().is_some() || in_query();
    let is_argument =
        || std::env::args_os().any(|argument| argument.to_string_lossy().ends_with(url.as_str()));
    (has_password && is_argument()).then(|| Weakness {
        id: "database_url_argument",
        what: "database_url",
        detail: "has a password and is a flag, which the list of processes shows to all users of this machine: use \
                 `UNICOM_DATABASE_URL` or `unicom.toml`"
            .to_owned(),
    })
}

/// Finds settings that let passwords and cookies go over the network unencrypted.
fn without_https(settings: &Settings) -> Option<Weakness> {
    let weakness = |id, what, detail| Some(Weakness { id, what, detail });
    match &settings.public_origin {
        Some(origin) if origin.is_https() => None,
        Some(origin) if !origin.is_loopback() => weakness(
            "origin_without_https",
            "public_origin",
            format!(
                "is `{origin}`: passwords and cookies go over the network in clear; let a proxy do TLS, and say `https`"
            ),
        ),
        _ if settings.listen.ip().to_canonical().is_loopback() => None,
        _ => weakness(
            "listen_without_https",
            "listen",
            format!(
                "is `{}`, which others reach, and no `public_origin` with `https` is set: passwords and cookies may go over \
                 the network in clear",
                settings.listen
            ),
        ),
    }
}

/// Finds trusted origins whose pages anyone on the network can change, beside a site over TLS.
fn plain_origins(settings: &Settings) -> Option<Weakness> {
    let is_https = settings
        .public_origin
        .as_ref()
        .is_some_and(Origin::is_https);
    let is_plain = |origin: &&Origin| !origin.is_https() && !origin.is_loopback();
    let plain: Vec<_> = settings.trusted_origins.iter().filter(is_plain).collect();
    let first = plain.first().filter(|_| is_https)?;
    Some(Weakness {
        id: "trusted_origins_without_https",
        what: "trusted_origins",
        detail: format!(
            "has `{first}`: its pages can be changed on the way, and may then write here with visitors' cookies; say `https`"
        ),
    })
}

/// Finds a cookie that a page of a subdomain can plant, although the site is served over https.
fn cookies(settings: &Settings) -> Option<Weakness> {
    let is_https = settings
        .public_origin
        .as_ref()
        .is_some_and(Origin::is_https);
    let name = settings.cookie_names.without_host_prefix();
    let name = name.filter(|_| is_https)?;
    Some(Weakness {
        id: "cookies_without_host_prefix",
        what: "cookie names",
        detail: format!(
            "have `{name}`: a page of a sub-domain can plant it; begin the name with `__Host-`"
        ),
    })
}

/// Finds rate limits that are switched off.
fn rates(settings: &Settings) -> Vec<Weakness> {
    let rates = &settings.admission.rates;
    let all = [
        ("rate_address_reads", rates.address_reads),
        ("rate_address_writes", rates.address_writes),
        ("rate_address_kib", rates.address_kib),
        ("rate_session_reads", rates.session_reads),
        ("rate_session_writes", rates.session_writes),
        ("rate_account_reads", rates.account_reads),
        ("rate_account_writes", rates.account_writes),
        ("rate_login_address", rates.login_address),
        ("rate_login_name", rates.login_name),
        ("rate_registrations", rates.registrations),
        ("rate_new_guests", rates.new_guests),
        ("rate_webhooks", rates.webhooks),
    ];
    let off: Vec<_> = all.iter().filter(|(_, rate)| rate.is_none()).collect();
    if off.len() == all.len() {
        return vec![Weakness {
            id: "rate_limit_off",
            what: "rate_limit",
            detail: "is off: passwords are guessed without end, and one address can keep the server busy, unless a proxy \
                     limits rates"
                .to_owned(),
        }];
    }
    let off = off.into_iter().map(|(what, _)| Weakness {
        id: "rate_off",
        what,
        detail: "is off: as many come as like, unless a proxy limits their rate".to_owned(),
    });
    off.collect()
}

/// Finds limits of disk space that are switched off.
fn quotas(settings: &Settings) -> Vec<Weakness> {
    let mut found = Vec::new();
    if settings.limits.guest_quota.is_none() {
        found.push(Weakness {
            id: "guest_quota_off",
            what: "guest_quota",
            detail: "is 0: a guest, which anyone can be, sends files until the disk is full"
                .to_owned(),
        });
    }
    if settings.limits.all_guests_quota.is_none() {
        found.push(Weakness {
            id: "all_guests_quota_off",
            what: "all_guests_quota",
            detail: "is 0: many guests, which one client can be, send files until the disk is full"
                .to_owned(),
        });
    }
    if settings.limits.user_quota.is_none() && settings.registration == Registration::Open {
        found.push(Weakness {
            id: "account_quota_off",
            what: "account_quota",
            detail: "is 0: a user, which anyone can become, sends files until the disk is full"
                .to_owned(),
        });
    }
    if settings.min_free_space == 0 {
        found.push(Weakness {
            id: "min_free_space_off",
            what: "min_free_space",
            detail:
                "is 0: files are taken until the disk is full, and then no message can be stored"
                    .to_owned(),
        });
    }
    found
}
