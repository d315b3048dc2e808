//! A terminal in which tests run `unicom`.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// The key that ends the input.
pub const CTRL_D: &str = "\u{4}";

/// Runs a command in a terminal with this many columns, and types `keys`. Returns the exit code and
/// all that the terminal received, which includes what is typed.
pub fn on_terminal(mut command: Command, columns: u16, keys: &str) -> (Option<i32>, String) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let terminal = open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal, size).unwrap();
    command
        .env("TERM", "xterm-256color")
        .stdin(terminal.try_clone().unwrap())
        .stdout(terminal.try_clone().unwrap())
        .stderr(terminal);
    let mut child = command.spawn().unwrap();
    // Closes the terminal here, so that reading ends when the command has ended.
    drop(command);
    let mut screen = File::from(screen);
    screen.write_all(keys.as_bytes()).unwrap();
    let mut shown = Vec::new();
    // Linux reports the end as an error.
    let _ = screen.read_to_end(&mut shown);
    let code = child.wait().unwrap().code();
    let shown = String::from_utf8(shown).unwrap();
    (code, shown.replace("\r\n", "\n"))
}
