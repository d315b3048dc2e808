//! `Login`: passwords that somebody tries.

use std::net::IpAddr;

use actix_web::HttpRequest;

use super::Admission;
use crate::ApiError;

/// A login that counts as failed until it is told otherwise.
#[derive(Debug)]
#[must_use]
pub struct Login {
    admission: Admission,
    address: Option<IpAddr>,
    name: String,
}

impl Login {
    /// It was no guess.
    pub fn succeeded(self) {
        let parts = &self.admission.0;
        if let Some(address) = &self.address {
            parts.login_address.give_back(address);
        }
        parts.login_name.give_back(&self.name);
    }
}

/// Why a login is not tried: too many have failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct HeldUp {
    /// What too many have failed under.
    pub by: HeldUpBy,
    /// What the client is told.
    pub error: ApiError,
}

/// What failed logins are counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldUpBy {
    /// The network address.
    Address,
    /// The name.
    Name,
}

impl From<HeldUp> for ApiError {
    fn from(held_up: HeldUp) -> Self {
        held_up.error
    }
}

impl Admission {
    /// Counts a login under this name as failed, until it is told that it [succeeded](Login::succeeded): so not even
    /// logins at the same time are more guesses than allowed (ASVS 5.0, 6.3.1; CWE-307).
    ///
    /// `name` is as the users' names are compared. One that no user has counts like any other.
    ///
    /// # Errors
    /// [`HeldUp`] with an [`ApiError::rate_limited`], before anything is found out about the name.
    pub fn begin_login(&self, request: &HttpRequest, name: &str) -> Result<Login, HeldUp> {
        let held_up = |by| move |error| HeldUp { by, error };
        let address = self.address(request);
        if let Some(address) = &address {
            let taken = self.0.login_address.take(address);
            taken.map_err(held_up(HeldUpBy::Address))?;
        }
        if let Err(refused) = self.0.login_name.take(name) {
            // It was no guess: nobody asks whether the password is right.
            if let Some(address) = &address {
                self.0.login_address.give_back(address);
            }
            return Err(held_up(HeldUpBy::Name)(refused));
        }
        Ok(Login {
            admission: self.clone(),
            address,
            name: name.to_owned(),
        })
    }
}
