//! A throw-away PostgreSQL cluster that all test processes of a checkout share (Unix only).
//!
//! - The cluster lives in one private folder, named after the user and this crate's place on disk,
//!   so two checkouts never meet. A small shell script, the supervisor, runs it and removes it.
//! - `users` in that folder is locked shared by every test process until it ends. The kernel lets go
//!   of the lock however the process ends: exit, panic or SIGKILL.
//! - `owner` is locked exclusively for as long as a supervisor lives: the lock travels with its
//!   standard input. Who gets that lock starts the cluster; all others wait for the file `url`.
//! - Once a second the supervisor tries to lock `users` exclusively. When that has worked for ten
//!   seconds in a row, it renames the folder *under that lock*, then stops PostgreSQL and
//!   deletes it. A newcomer that waited for the lock sees that the folder has moved and begins anew.
//! - The supervisor has its own process group: Ctrl-C ends the tests, and the clean-up follows. If
//!   the supervisor itself is killed, the next test process deletes its data, and PostgreSQL quits
//!   within a minute of losing its files.
//!
//! As root, which PostgreSQL refuses to run as, the supervisor becomes `postgres` or `nobody`.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Where tests find PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postgres {
    /// The URL of a server's `postgres` database, for a role that may create databases.
    Url(String),
    /// Why there is none, as a sentence.
    Missing(String),
}

/// Finds PostgreSQL, once per process; the cluster it may start stays until the process ends.
///
/// `UNICOM_TEST_POSTGRES_URL` names an existing server. Without it, PostgreSQL's programs are looked
/// for on `PATH` and in the usual places, and a throw-away cluster is started or, where another
/// process of this checkout runs one, shared. Databases in it are the caller's to name apart.
///
/// # Panics
///
/// When the programs are there but the cluster does not start; the message ends with its log.
///
/// # Examples
///
/// ```no_run
/// use unicom_testing::postgres::{Postgres, postgres};
///
/// match postgres() {
///     Postgres::Url(url) => println!("testing on {url}"),
///     Postgres::Missing(why) => println!("skipped: {why}"),
/// }
/// ```
pub fn postgres() -> &'static Postgres {
    match &FOUND.get_or_init(find).postgres {
        Ok(postgres) => postgres,
        Err(why) => panic!("PostgreSQL is installed but no test cluster came up: {why}"),
    }
}

/// Whether a missing PostgreSQL fails the tests instead of skipping half of them:
/// `UNICOM_TEST_REQUIRE_POSTGRES=1`.
pub fn postgres_required() -> bool {
    std::env::var("UNICOM_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1")
}

/// How long a cluster that nobody uses stays, so that the next test binary finds it running.
const LINGER_SECONDS: u32 = 10;

/// `initdb` and start take two seconds on a quiet machine.
const START_SECONDS: u32 = 120;

const POLL: Duration = Duration::from_millis(20);

static FOUND: OnceLock<Found> = OnceLock::new();

struct Found {
    /// A failure is kept too: every test reports it, none pays for a second attempt.
    postgres: Result<Postgres, String>,
    /// The shared lock on `users`. A static is never dropped, so it is held until the process ends.
    _users: Option<File>,
}

fn find() -> Found {
    let found = |postgres| Found {
        postgres,
        _users: None,
    };
    if let Ok(url) = std::env::var("UNICOM_TEST_POSTGRES_URL")
        && !url.is_empty()
    {
        return found(Ok(Postgres::Url(url)));
    }
    let Some(programs) = programs() else {
        return found(Ok(Postgres::Missing(
            "PostgreSQL's programs `initdb` and `postgres` are neither on PATH nor in the usual \
             places; install them, or name a server in UNICOM_TEST_POSTGRES_URL."
                .into(),
        )));
    };
    let Some(try_lock) = try_lock_command() else {
        return found(Ok(Postgres::Missing(
            "Neither `flock` nor `lockf`, which share a PostgreSQL cluster between test processes, \
             is on PATH; install one, or name a server in UNICOM_TEST_POSTGRES_URL."
                .into(),
        )));
    };
    match service().and_then(|service| {
        join_or_start(&Setup {
            programs,
            try_lock,
            service,
        })
    }) {
        Ok((url, users)) => Found {
            postgres: Ok(Postgres::Url(url)),
            _users: Some(users),
        },
        Err(why) => found(Err(why)),
    }
}

struct Setup {
    /// The folder of `initdb` and `postgres`.
    programs: PathBuf,
    /// A command prefix: take this lock file, or fail at once; then run the rest.
    try_lock: &'static str,
    service: Service,
}

/// Who runs PostgreSQL, and where its folder is.
struct Service {
    /// The user and group to become; none: the one that runs the tests.
    become_user: Option<(u32, u32)>,
    folder: PathBuf,
}

/// Returns the URL, and the lock that keeps the cluster there.
fn join_or_start(setup: &Setup) -> Result<(String, File), String> {
    let folder = &setup.service.folder;
    let at = |error: io::Error| format!("`{}`: {error}", folder.display());
    let deadline = Instant::now() + Duration::from_secs(START_SECONDS.into());
    let mut ports_lost = 0;
    while Instant::now() < deadline {
        make_folder(&setup.service).map_err(at)?;
        // Missing: the folder was moved away since it was made.
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

/// The URL in the folder, if a server answers there: after a crash the file may be an old one.
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

/// Starts the supervisor, which keeps `owner` locked, and waits for its one answer.
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
    // A developer's own PGPORT or PGDATA is about another server.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            supervisor.env_remove(name);
        }
    }
    if let Some((user, group)) = setup.service.become_user {
        supervisor.uid(user).gid(group);
    }
    let mut child = supervisor.spawn().map_err(at)?;
    // The command still holds its copy of `owner`: without it, the lock is the supervisor's alone.
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
    // It removes the folder and ends; then all who wait here begin anew.
    child.wait().map_err(at)?;
    if answer.contains("Address already in use") {
        return Ok(Started::PortTaken);
    }
    Err(format!("in `{}`:\n{answer}", folder.display()))
}

/// Runs in `$1` as a user who owns it. Prints `ready`, or the end of the log, and closes its output.
const SUPERVISOR: &str = r#"
folder=$1 programs=$2 port=$3 url=$4 try_lock=$5 linger=$6 patience=$7
gone=$folder.gone.$$
postgres=
exec 2>>"$folder/log"
# The test process may be gone before it is told, and its terminal too.
trap '' HUP PIPE
trap 'move; remove; exit 0' INT TERM

move() { mv "$folder" "$gone"; }

remove() {
    cd /
    if [ "$postgres" ]; then
        kill -QUIT "$postgres" # an immediate shutdown: nothing is worth saving
        wait "$postgres"
    fi
    rm -rf "$gone"
}

fail() {
    echo "$1"
    tail -n 25 "$folder/log"
    move
    remove
    exit 1
}

"$programs/initdb" -D "$folder/data" -U unicom -A trust -E UTF8 --locale=C --no-sync \
    </dev/null >>"$folder/log" || fail 'initdb failed:'

# Everything stays in the folder (no socket, no segment in /dev/shm), so that deleting it is enough.
"$programs/postgres" -D "$folder/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c dynamic_shared_memory_type=mmap -c shared_buffers=128MB -c max_connections=500 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB -c timezone=UTC \
    </dev/null >>"$folder/log" 2>&1 &
postgres=$!

# The server's own word, not a connection: another program may answer at that port.
waited=0
until grep -q '^ready' "$folder/data/postmaster.pid" 2>/dev/null; do
    kill -0 "$postgres" 2>/dev/null || fail 'postgres ended:'
    [ "$waited" -lt "$((patience * 10))" ] || fail 'postgres was not ready in time:'
    waited=$((waited + 1))
    sleep 0.1
done
printf %s "$url" >"$folder/url.new" && mv "$folder/url.new" "$folder/url" || fail 'no url file:'
echo ready
exec >/dev/null

idle=0
while sleep 1; do
    # A server that crashed goes at once: those who use it fail anyway, newcomers get a new one.
    kill -0 "$postgres" || { postgres=; move; break; }
    if $try_lock "$folder/users" true; then idle=$((idle + 1)); else idle=0; fi
    if [ "$idle" -ge "$linger" ] && $try_lock "$folder/users" mv "$folder" "$gone"; then break; fi
done </dev/null # No child here keeps the lock on `owner` for longer than this script.
remove
"#;

/// Removes what a supervisor that was killed left behind.
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

/// Makes the folder, or checks that the one there is ours: its name can be guessed.
fn make_folder(service: &Service) -> io::Result<()> {
    let folder = &service.folder;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        other => other?,
    }
    let Some(found) = unless_missing(fs::symlink_metadata(folder))? else {
        return Ok(());
    };
    let me = current_user()?;
    let user = service.become_user.map_or(me, |(user, _)| user);
    if !found.is_dir() || ![me, user].contains(&found.uid()) || found.mode() & 0o077 != 0 {
        return Err(io::Error::other(
            "not a private folder of this user; remove it",
        ));
    }
    give(service, folder)
}

/// None where the folder has just been moved away.
fn open_lock(service: &Service, name: &str) -> io::Result<Option<File>> {
    let path = service.folder.join(name);
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let Some(file) = unless_missing(file)? else {
        return Ok(None);
    };
    give(service, &path)?;
    Ok(Some(file))
}

fn give(service: &Service, path: &Path) -> io::Result<()> {
    if let Some((user, group)) = service.become_user {
        unless_missing(chown(path, Some(user), Some(group)))?;
    }
    Ok(())
}

/// Whether the path still leads to this open file.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn service() -> Result<Service, String> {
    let me = current_user().map_err(|error| format!("cannot write temporary files: {error}"))?;
    let (become_user, parent) = if me == 0 {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = passwd_entry(&passwd, "postgres").or_else(|| passwd_entry(&passwd, "nobody"));
        let why = "root cannot run it, and there is neither a user `postgres` nor `nobody`";
        // Not TMPDIR: root's may be closed to that user.
        (Some(user.ok_or(why)?), PathBuf::from("/tmp"))
    } else {
        (None, std::env::temp_dir())
    };
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    let folder = parent.join(format!("unicom-test-pg-{me}-{:016x}", hasher.finish()));
    Ok(Service {
        become_user,
        folder,
    })
}

/// The user that a new file belongs to: std has no other way to ask.
fn current_user() -> io::Result<u32> {
    Ok(tempfile::tempfile()?.metadata()?.uid())
}

/// The ids of a user and its group.
fn passwd_entry(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        match fields[..] {
            [found, _, user, group, ..] if found == name => {
                Some((user.parse().ok()?, group.parse().ok()?))
            }
            _ => None,
        }
    })
}

/// The folder of PostgreSQL's programs: on `PATH`, else the newest in the packagers' places.
fn programs() -> Option<PathBuf> {
    on_path()
        .chain(versions("/usr/lib/postgresql", "", "bin"))
        .chain(versions("/usr", "pgsql-", "bin"))
        .chain(versions("/opt/homebrew/opt", "postgresql", "bin"))
        .chain(versions("/usr/local/opt", "postgresql", "bin"))
        .find(|folder| is_program(&folder.join("initdb")) && is_program(&folder.join("postgres")))
}

fn try_lock_command() -> Option<&'static str> {
    [("flock", "flock -n"), ("lockf", "lockf -k -s -t 0")]
        .into_iter()
        .find(|(program, _)| on_path().any(|folder| is_program(&folder.join(program))))
        .map(|(_, command)| command)
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path)
        .filter(|p| p.is_absolute())
        .collect();
    folders.into_iter()
}

/// `parent/{prefix}*/inside`, highest version first.
fn versions(parent: &str, prefix: &str, inside: &str) -> impl Iterator<Item = PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let numbers = version.split(|c: char| !c.is_ascii_digit());
            Some((
                numbers.filter_map(|n| n.parse().ok()).collect(),
                entry.path().join(inside),
            ))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder)
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers() {
        match postgres() {
            Postgres::Url(url) => assert!(url.starts_with("postgres"), "{url}"),
            Postgres::Missing(why) => assert!(!postgres_required(), "{why}"),
        }
    }

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7::/:\npostgres:x:101:104:,,,:/:";
        assert_eq!(passwd_entry(passwd, "postgres"), Some((101, 104)));
        assert_eq!(passwd_entry(passwd, "nobody"), None);
    }

    #[test]
    fn the_highest_version_comes_first() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@16", "postgresql", "redis"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let found: Vec<_> =
            versions(parent.path().to_str().unwrap(), "postgresql", "bin").collect();
        let expected = ["postgresql@16/bin", "postgresql@9/bin", "postgresql/bin"];
        assert_eq!(found, expected.map(|name| parent.path().join(name)));
    }
}
