//! First sends of new guests, compared with the same rows without HTTP.

use std::time::Duration;

use clap::Args;

use crate::bare::sends::BareTables;
use crate::fixture::{Fixture, NO_BOT};
use crate::http::{NewGuest, Script};
use crate::options::Options;
use crate::report::{Report, Row};
use crate::run::{Run, in_turns};

/// Longer than any number of guests takes: a run ends with its last guest.
const LONG: Duration = Duration::from_secs(3600);

#[derive(Debug, Args)]
pub struct Arguments {
    /// New guests in each run
    #[arg(long, default_value_t = Self::default().guests)]
    guests: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { guests: 10_000 }
    }
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let fixture = Fixture::open(options, NO_BOT, 0)?;
        let tables = BareTables::new(options, connections)?;
        let pairs = in_turns(
            options,
            |_| first_sends(&fixture, connections, arguments.guests),
            |span| tables.first_sends(span),
        )?;
        let name = format!("first sends, {connections} connections");
        rows.push(Row::rates(name, &pairs));
    }
    Ok(Report {
        title: format!(
            "First sends of new guests, beside their rows (account, chat, participation, message, request, session) in \
            groups or single statements: {}",
            options.describe()
        ),
        rows,
    })
}

/// Sends the first messages of new guests who have already loaded their page.
fn first_sends(fixture: &Fixture, connections: usize, guests: usize) -> anyhow::Result<Run> {
    let mut client = fixture.client()?;
    let mut requests = vec![Vec::new(); connections];
    for number in 0..guests {
        let guest = NewGuest::meet(&mut client, fixture.server.address())?;
        requests[number % connections].push(guest.send());
    }
    let scripts: Vec<Script> = requests.into_iter().map(Script::once_each).collect();
    Ok(fixture.write(&scripts, LONG)?.acknowledged)
}
