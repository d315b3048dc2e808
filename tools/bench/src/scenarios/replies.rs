//! Messages with replies, compared with messages without replies.

use crate::fill::{Messages, Place, fill};
use crate::fixture::{Fixture, NO_BOT};
use crate::http::{Guest, Script};
use crate::options::Options;
use crate::report::{Goal, Report, Row};
use crate::run::in_turns;

/// The number of messages in each chat.
const EACH: usize = 1000;

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let fixture = Fixture::open(options, NO_BOT, 2 * connections)?;
        let (with, without) = fixture.guests.split_at(connections);
        let mut db = fixture.scratch_db.connection()?;
        fill(&mut db, &Place::of(with), Messages::dialogue(EACH))?;
        fill(&mut db, &Place::of(without), Messages::plain(EACH))?;
        let (with, without) = (scripts(with), scripts(without));
        let pairs = in_turns(
            options,
            |span| fixture.read(&with, 200, span),
            |span| fixture.read(&without, 200, span),
        )?;
        let name = format!("50 of 1,000 messages, {connections} connections");
        rows.push(Row::rates(name, &pairs).with_goal(Goal::AtLeast(0.9)));
    }
    Ok(Report {
        title: format!(
            "Messages of a dialogue, beside messages without replies: {}",
            options.describe()
        ),
        rows,
    })
}

fn scripts(guests: &[Guest]) -> Vec<Script> {
    let request = |guest: &Guest| Script::again(guest.messages("?limit=50"));
    guests.iter().map(request).collect()
}
