//! Live connections beside those of nchan, a module of nginx that passes messages on to
//! subscribers: the memory of an idle one, and the time until a message is at all of them.
//!
//! nchan keeps messages in memory and knows neither accounts nor chats.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use tempfile::TempDir;

use super::live::{fan_out, listen, say};
use crate::fixture::{Fixture, NO_BOT};
use crate::http::{Listeners, MARKER};
use crate::launch::free_address;
use crate::options::Options;
use crate::process::memory;
use crate::report::{Report, Row};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Listeners of one message; several numbers, separated by commas, are measured one after the
    /// other
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 10_000])]
    listeners: Vec<usize>,
    /// The program
    #[arg(long, default_value = "/usr/sbin/nginx")]
    nginx: PathBuf,
    /// The module, as Debian's package libnginx-mod-nchan installs it
    #[arg(long, default_value = "/usr/lib/nginx/modules/ngx_nchan_module.so")]
    module: PathBuf,
}

/// The length of a message on its way to a client, in bytes.
const FRAME: usize = 700;

/// The pause after which a server counts as idle.
const REST: Duration = Duration::from_secs(2);

/// How long nginx may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for &count in &arguments.listeners {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (mut our_kib, mut their_kib) = (Vec::new(), Vec::new());
        for _ in 0..options.pairs {
            let fixture = Fixture::open(options, NO_BOT, 1)?;
            let pid = fixture.server.pid();
            let (mut listeners, kib) = idle(pid, count, || listen(&fixture, count))?;
            our_kib.push(kib);
            let mut writer = fixture.client()?;
            let guest = &fixture.guests[0];
            ours.push(fan_out(&mut listeners, |number| {
                let begun = Instant::now();
                say(&mut writer, guest, number)?;
                Ok(begun)
            })?);
            drop(listeners);

            let nchan = Nchan::start(arguments)?;
            let open = || Listeners::open(nchan.address, count, &nchan.follow(), "\r\n\r\n");
            let (mut listeners, kib) = idle(nchan.child.id(), count, open)?;
            their_kib.push(kib);
            theirs.push(fan_out(&mut listeners, |number| nchan.say(number))?);
        }
        let name = format!("from a send until its message is at {count} listeners");
        rows.push(Row::paired(name, "ms", &ours, &theirs));
        let name = format!("resident for each of {count} idle listeners");
        rows.push(Row::paired(name, "KiB", &our_kib, &their_kib));
    }
    Ok(Report {
        title: format!(
            "Live connections; the limit is nchan: {}",
            options.describe()
        ),
        rows,
    })
}

/// Opens listeners, and returns them with the resident memory in KiB that each takes.
fn idle(
    pid: u32,
    count: usize,
    open: impl FnOnce() -> anyhow::Result<Listeners>,
) -> anyhow::Result<(Listeners, f64)> {
    let resident = || memory(pid).map(|memory| memory.resident_mib * 1024.0);
    let before = resident().context("the memory of the process is unknown")?;
    let listeners = open()?;
    thread::sleep(REST);
    let after = resident().context("the process has ended")?;
    Ok((listeners, (after - before) / count as f64))
}

/// nginx with nchan and one channel, killed on drop.
struct Nchan {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Nchan {
    fn start(arguments: &Arguments) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let path = folder.path().join("nginx.conf");
        let place = folder.path().display();
        let module = arguments.module.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
            .collect();
        // One process, as unicom is.
        let text = format!(
            "load_module {module};
            daemon off; master_process off; worker_rlimit_nofile 65536;
            pid {place}/pid; error_log stderr error;
            events {{ worker_connections 32768; }}
            http {{
                access_log off;
                {temporary}
                server {{
                    listen {address} backlog=4096;
                    location = /publish {{ nchan_publisher; nchan_channel_id bench; }}
                    location = /subscribe {{
                        nchan_subscriber websocket; nchan_channel_id bench;
                        nchan_subscriber_first_message newest;
                    }}
                }}
            }}"
        );
        fs::write(&path, text)?;
        let child = Command::new(&arguments.nginx)
            .arg("-c")
            .arg(&path)
            .stdin(Stdio::null())
            .spawn();
        let nginx = arguments.nginx.display();
        let child = child.with_context(|| {
            format!("`{nginx}` does not start: install nginx-light and libnginx-mod-nchan")
        })?;
        let mut nchan = Self {
            child,
            address,
            _folder: folder,
        };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if let Some(status) = nchan.child.try_wait()? {
                anyhow::bail!("`{nginx}` has ended with {status}");
            }
            anyhow::ensure!(Instant::now() < deadline, "`{nginx}` does not start");
            thread::sleep(Duration::from_millis(5));
        }
        Ok(nchan)
    }

    /// Returns the bytes that open a WebSocket.
    fn follow(&self) -> Vec<u8> {
        format!(
            "GET /subscribe HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.address
        )
        .into_bytes()
    }

    /// Publishes a message. Returns when the request was sent.
    fn say(&self, number: u64) -> anyhow::Result<Instant> {
        let text = format!("{:width$}{MARKER}{number}.", "", width = FRAME);
        let request = format!(
            "POST /publish HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
            self.address,
            text.len()
        );
        let mut stream = TcpStream::connect(self.address)?;
        let begun = Instant::now();
        stream.write_all(request.as_bytes())?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response)?;
        anyhow::ensure!(
            response.starts_with(b"HTTP/1.1 201"),
            "nchan answered {}",
            String::from_utf8_lossy(&response)
        );
        Ok(begun)
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
