//! Names and attributes of the cookies set by this crate.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, CookieBuilder, SameSite, time};

/// Maximum length of a cookie name, in bytes.
const LONGEST: usize = 64;

/// How long a browser keeps the cookies other than the session cookie.
const MAX_AGE: time::Duration = time::Duration::days(365);

/// Prefixes of names that browsers accept over https only (RFC 6265bis, 4.1.3).
const OVER_HTTPS_ONLY: [&str; 3] = ["__host-", "__secure-", "__http-"];

/// Prefixes of names that browsers accept only with the attribute `HttpOnly`.
const HTTP_ONLY: [&str; 2] = ["__host-http-", "__http-"];

/// The names of the cookies set by this crate.
///
/// Over https they begin with `__Host-` by default. Browsers then accept the cookies only from this
/// host, and neither from a page of a subdomain nor over a plain connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieNames {
    /// The session cookie.
    pub(crate) session: Cow<'static, str>,
    /// The CSRF token cookie, which scripts read.
    pub(crate) csrf: Cow<'static, str>,
    /// The cookie that identifies a guest who has not written yet.
    pub(crate) visitor: Cow<'static, str>,
}

/// Custom cookie names. `None` selects the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomCookieNames {
    /// The session cookie. Defaults to `__Host-sessionid` over https and `sessionid` over http.
    pub session: Option<String>,
    /// The CSRF token cookie. Defaults to `__Host-csrftoken` over https and `csrftoken` over http.
    pub csrf: Option<String>,
    /// The cookie that identifies a guest who has not written yet. Defaults to `__Host-visitor`
    /// over https and `visitor` over http.
    pub visitor: Option<String>,
}

/// The error for a cookie name that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCookieName {
    /// The name has a character that is not allowed, is empty, or is too long.
    #[error("`{setting}` is `{name}`: expected 1 to {LONGEST} letters, digits, `-`, `_` and `.`")]
    Form {
        /// The setting.
        setting: &'static str,
        /// The name.
        name: String,
    },
    /// The name has a prefix that browsers accept over https only.
    #[error(
        "`{setting}` is `{name}`: browsers accept a cookie of this name over https only; set `public_origin` to an \
         https address, or choose a name without this prefix"
    )]
    OverHttp {
        /// The setting.
        setting: &'static str,
        /// The name.
        name: String,
    },
    /// The name has a prefix for cookies that scripts cannot read, but scripts read the CSRF token.
    #[error(
        "`csrf_cookie` is `{name}`: browsers accept a cookie of this name only if scripts cannot read it, and scripts \
         read this one; choose a name without this prefix"
    )]
    NotForScripts {
        /// The name.
        name: String,
    },
    /// Two of the cookies have the same name.
    #[error("`{one}` and `{other}` are both `{name}`: expected a different name for each cookie")]
    Twice {
        /// The first setting.
        one: &'static str,
        /// The second setting.
        other: &'static str,
        /// The name of both.
        name: String,
    },
}

static OVER_HTTPS: CookieNames = CookieNames {
    session: Cow::Borrowed("__Host-sessionid"),
    csrf: Cow::Borrowed("__Host-csrftoken"),
    visitor: Cow::Borrowed("__Host-visitor"),
};

static OVER_HTTP: CookieNames = CookieNames {
    session: Cow::Borrowed("sessionid"),
    csrf: Cow::Borrowed("csrftoken"),
    visitor: Cow::Borrowed("visitor"),
};

impl CookieNames {
    /// Returns the default names.
    pub(crate) fn of_scheme(is_https: bool) -> &'static Self {
        if is_https { &OVER_HTTPS } else { &OVER_HTTP }
    }

    /// Returns the default names, overridden by the custom ones. Custom names are used unchanged.
    ///
    /// # Errors
    /// [`InvalidCookieName`] if browsers would not accept a name, or if two names are equal.
    pub fn new(is_https: bool, custom: CustomCookieNames) -> Result<Self, InvalidCookieName> {
        let defaults = Self::of_scheme(is_https).clone();
        let or = |custom: Option<String>, default| custom.map_or(default, Cow::Owned);
        let names = Self {
            session: or(custom.session, defaults.session),
            csrf: or(custom.csrf, defaults.csrf),
            visitor: or(custom.visitor, defaults.visitor),
        };
        names.check(is_https)?;
        Ok(names)
    }

    /// Returns the first name that does not begin with `__Host-`, or `None` if all do. Pages of
    /// subdomains can set a cookie without this prefix.
    pub fn without_host_prefix(&self) -> Option<&str> {
        let has_prefix = |name: &&str| name.to_ascii_lowercase().starts_with("__host-");
        let names = [&*self.session, &*self.csrf, &*self.visitor];
        names.into_iter().find(|name| !has_prefix(name))
    }

    /// Returns `true` if this is the name of one of our cookies.
    pub(crate) fn contain(&self, name: &str) -> bool {
        [&self.session, &self.csrf, &self.visitor]
            .iter()
            .any(|ours| ***ours == *name)
    }

    fn check(&self, is_https: bool) -> Result<(), InvalidCookieName> {
        let all = [
            ("session_cookie", &self.session),
            ("csrf_cookie", &self.csrf),
            ("visitor_cookie", &self.visitor),
        ];
        for (setting, name) in all {
            let given = || name.chars().take(200).collect::<String>();
            if !is_well_formed(name) {
                let name = given();
                return Err(InvalidCookieName::Form { setting, name });
            }
            if !is_https && has_prefix(name, &OVER_HTTPS_ONLY) {
                let name = given();
                return Err(InvalidCookieName::OverHttp { setting, name });
            }
        }
        if has_prefix(&self.csrf, &HTTP_ONLY) {
            let name = self.csrf.to_string();
            return Err(InvalidCookieName::NotForScripts { name });
        }
        for (index, (one, name)) in all.iter().enumerate() {
            if let Some((other, _)) = all[index + 1..].iter().find(|(_, other)| *other == *name) {
                return Err(InvalidCookieName::Twice {
                    one,
                    other,
                    name: name.to_string(),
                });
            }
        }
        Ok(())
    }
}

/// Returns the values of the request's cookies with this name, in the order in which they were
/// sent.
pub(crate) fn values(request: &HttpRequest, name: &str) -> Vec<String> {
    // `request_cookies` has removed unreadable cookies.
    let Ok(cookies) = request.cookies() else {
        return Vec::new();
    };
    let named = cookies.iter().filter(|cookie| cookie.name() == name);
    named.map(|cookie| cookie.value().to_owned()).collect()
}

/// Returns a cookie for the whole site, with the attributes common to our cookies.
pub(crate) fn cookie(name: &str, value: String, is_https: bool) -> CookieBuilder<'static> {
    Cookie::build(name.to_owned(), value)
        .path("/")
        .same_site(SameSite::Lax)
        .secure(is_https)
        .max_age(MAX_AGE)
}

/// Returns `true` if the name has an allowed length and only allowed characters. These are fewer
/// than RFC 6265 allows: a `%` would be read as an escape.
fn is_well_formed(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Returns `true` if the name has one of the prefixes. Ignores case, as browsers do.
fn has_prefix(name: &str, prefixes: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(name: &str) -> CustomCookieNames {
        CustomCookieNames {
            session: Some(name.to_owned()),
            ..CustomCookieNames::default()
        }
    }

    fn csrf(name: &str) -> CustomCookieNames {
        CustomCookieNames {
            csrf: Some(name.to_owned()),
            ..CustomCookieNames::default()
        }
    }

    fn problem(is_https: bool, custom: CustomCookieNames) -> String {
        CookieNames::new(is_https, custom).unwrap_err().to_string()
    }

    #[test]
    fn default_names_have_the_host_prefix_over_https() {
        for (is_https, names) in [(true, &OVER_HTTPS), (false, &OVER_HTTP)] {
            let made = CookieNames::new(is_https, CustomCookieNames::default());
            assert_eq!(made.as_ref(), Ok(names));
        }
        let chosen = CookieNames::new(true, session("shop.session_1-x")).unwrap();
        assert_eq!(chosen.session, "shop.session_1-x");
        assert_eq!(chosen.csrf, "__Host-csrftoken");
        for prefixed in ["__Host-s", "__Secure-s", "__Host-Http-s", "__Http-s"] {
            assert!(CookieNames::new(true, session(prefixed)).is_ok());
        }
    }

    #[test]
    fn names_that_browsers_reject_are_rejected() {
        let too_long = "x".repeat(LONGEST + 1);
        for wrong in ["", "a b", "a=b", "a;b", "a%41", "é", "a\r\nb", &too_long] {
            let said = problem(true, session(wrong));
            assert!(said.starts_with("`session_cookie` is "), "{said}");
            assert!(said.contains("expected 1 to 64 letters"), "{said}");
        }
        for prefixed in ["__Host-s", "__HOST-s", "__secure-s", "__Http-s"] {
            let said = problem(false, session(prefixed));
            assert!(said.contains("over https only"), "{said}");
        }
        for hidden in ["__Http-c", "__Host-Http-c"] {
            let said = problem(true, csrf(hidden));
            assert!(said.contains("scripts"), "{said}");
        }
        let said = problem(true, session("__Host-visitor"));
        assert_eq!(
            said,
            "`session_cookie` and `visitor_cookie` are both `__Host-visitor`: expected a different name for each cookie"
        );
    }
}
