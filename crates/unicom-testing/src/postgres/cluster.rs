//! Starts the cluster, or joins the one that another test process has started.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::folder::{Service, make_folder, open_lock, unless_missing};

/// How long an unused cluster keeps running, so that the next test binary finds it.
const LINGER_SECONDS: u32 = 10;

/// `initdb` and start take two seconds on an idle machine.
const START_SECONDS: u32 = 120;

const POLL: Duration = Duration::from_millis(20);

/// Runs in the folder `$1`, as a user who owns it. Prints `ready`, or the end of the log, and
/// closes its output.
const SUPERVISOR: &str = include_str!("supervisor.sh");

/// What is needed to start a cluster.
pub(super) struct Setup {
    /// The folder of `initdb` and `postgres`.
    pub programs: PathBuf,
    /// A command prefix that locks this file, or fails immediately, and then runs the rest of the
    /// command.
    pub try_lock: &'static str,
    pub service: Service,
}

/// Returns the URL, and the lock that keeps the cluster running.
pub(super) fn join_or_start(setup: &Setup) -> Result<(String, File), String> {
    let folder = &setup.service.folder;
    let at = |error: io::Error| format!("`{}`: {error}", folder.display());
    let deadline = Instant::now() + Duration::from_secs(START_SECONDS.into());
    let mut ports_lost = 0;
    while Instant::now() < deadline {
        make_folder(&setup.service).map_err(at)?;
        // Missing if the folder was moved away after it was created.
        let Some(users) = open_lock(&setup.service, "users").map_err(at)? else {
            continue;
        };
        users.lock_shared().map_err(at)?;
        while Instant::now() < deadline && is_at(&users, &folder.join("users")) {
            let Some(owner) = open_lock(&setup.service, "owner").map_err(at)? else {
                break;
            };
            match owner.try_lock() {
                Ok(()) => match start(setup, owner)? {
                    Started::Ready(url) => return Ok((url, users)),
                    Started::PortTaken if ports_lost < 5 => ports_lost += 1,
                    Started::PortTaken => return Err("other programs take every port".into()),
                },
                Err(TryLockError::WouldBlock) => {
                    if let Some(url) = running(folder) {
                        return Ok((url, users));
                    }
                    sleep(POLL);
                }
                Err(TryLockError::Error(error)) => return Err(at(error)),
            }
        }
    }
    Err(format!(
        "the one that another process runs in `{}` was not ready within {START_SECONDS} s",
        folder.display()
    ))
}

/// Returns the URL in the folder if a server answers there. After a crash the file may be outdated.
fn running(folder: &Path) -> Option<String> {
    let url = fs::read_to_string(folder.join("url")).ok()?;
    let port = url.rsplit_once(':')?.1.split_once('/')?.0.parse().ok()?;
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(url)
}

enum Started {
    Ready(String),
    PortTaken,
}

/// Starts the supervisor, which keeps `owner` locked, and waits for its only response.
fn start(setup: &Setup, owner: File) -> Result<Started, String> {
    let folder = &setup.service.folder;
    let at = |error: io::Error| format!("`{}`: {error}", folder.display());
    clear(folder).map_err(at)?;
    let port = spare_port().map_err(at)?;
    let url = format!("postgres://unicom@127.0.0.1:{port}/postgres");

    let mut supervisor = Command::new("sh");
    supervisor
        .args(["-c", SUPERVISOR, "unicom-test-postgres"])
        .arg(folder)
        .arg(&setup.programs)
        .args([&port.to_string(), &url, setup.try_lock])
        .args([LINGER_SECONDS.to_string(), START_SECONDS.to_string()])
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdin(owner)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    // The developer's PGPORT or PGDATA belongs to another server.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            supervisor.env_remove(name);
        }
    }
    if let Some((user, group)) = setup.service.become_user {
        supervisor.uid(user).gid(group);
    }
    let mut child = supervisor.spawn().map_err(at)?;
    // The command still holds a copy of `owner`. Once it is dropped, only the supervisor holds the
    // lock.
    drop(supervisor);

    let mut answer = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut answer).map_err(at)?;
    }
    if answer == "ready\n" {
        return match running(folder) {
            Some(url) => Ok(Started::Ready(url)),
            None => Err(format!("it is ready, but nothing answers at {url}")),
        };
    }
    // The supervisor removes the folder and exits. Then all waiting processes start over.
    child.wait().map_err(at)?;
    if answer.contains("Address already in use") {
        return Ok(Started::PortTaken);
    }
    Err(format!("in `{}`:\n{answer}", folder.display()))
}

/// Removes the files of a supervisor that was killed.
fn clear(folder: &Path) -> io::Result<()> {
    for file in ["url", "url.new", "log"] {
        unless_missing(fs::remove_file(folder.join(file)))?;
    }
    unless_missing(fs::remove_dir_all(folder.join("data")))?;
    Ok(())
}

fn spare_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Returns `true` if the path still refers to this open file.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}
