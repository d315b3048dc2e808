//! The destination of the security log: standard error, a file, or none.

use std::convert::Infallible;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use log::Record;
use serde::Deserialize;

use super::json;

/// The destination of the security log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "String")]
pub enum SecurityLog {
    /// Standard error, in the format of the other lines, whatever the log filter is. The default.
    #[default]
    Stderr,
    /// No destination: the lines are dropped.
    Off,
    /// A file that lines of JSON are appended to.
    File(PathBuf),
}

impl From<String> for SecurityLog {
    fn from(text: String) -> Self {
        if text.eq_ignore_ascii_case("stderr") {
            Self::Stderr
        } else if text.eq_ignore_ascii_case("off") {
            Self::Off
        } else {
            Self::File(text.into())
        }
    }
}

impl FromStr for SecurityLog {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl SecurityLog {
    /// Creates the file, if the log goes to one, so that a file that cannot be written is reported
    /// before anything else happens.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Stderr | Self::Off => Ok(()),
            Self::File(path) => open(path)
                .map(drop)
                .map_err(|error| format!("cannot write `{}`: {error}", path.display())),
        }
    }
}

/// How the security log shows network addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoggedAddresses {
    /// A pseudonym made with the secret key, which shows that two requests came from one address,
    /// but not from which (the default)
    #[default]
    Hashed,
    /// The address itself, of IPv6 its first 64 bits
    Plain,
}

/// Appends a line to the file. Returns `false` if it could not be written.
pub(super) fn append(path: &Path, record: &Record<'_>) -> bool {
    static HAS_FAILED: AtomicBool = AtomicBool::new(false);
    let written = json::line(record).and_then(|mut line| {
        line.push(b'\n');
        // The file is opened again for each line, of which there are few: a file that was moved
        // away is created again. The line is one write, so that lines of several processes do not
        // mix.
        open(path)?.write_all(&line)
    });
    match written {
        Ok(()) => {
            HAS_FAILED.store(false, Ordering::Relaxed);
            true
        }
        Err(error) => {
            if !HAS_FAILED.swap(true, Ordering::Relaxed) {
                log::error!(
                    "the security log `{}` cannot be written, its lines go here: {error}",
                    path.display()
                );
            }
            false
        }
    }
}

/// Opens the file for appending. Creates a file that only its owner can read if it does not exist.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
