//! Messages of a dialogue, beside messages without replies.

use crate::fill::{Messages, Place, fill};
use crate::http::{Guest, Seat};
use crate::options::Options;
use crate::report::{Goal, Report, Row};
use crate::run::in_turns;
use crate::site::{NO_BOT, Site};

/// Messages of each chat.
const EACH: usize = 1000;

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let site = Site::open(options, NO_BOT, 2 * connections)?;
        let (with, without) = site.guests.split_at(connections);
        let mut db = site.stage.connection()?;
        fill(&mut db, &Place::of(with), Messages::dialogue(EACH))?;
        fill(&mut db, &Place::of(without), Messages::plain(EACH))?;
        let (with, without) = (seats(with), seats(without));
        let pairs = in_turns(
            options,
            |span| site.read(&with, 200, span),
            |span| site.read(&without, 200, span),
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

fn seats(guests: &[Guest]) -> Vec<Seat> {
    let request = |guest: &Guest| Seat::again(guest.messages("?limit=50"));
    guests.iter().map(request).collect()
}
