//! Sends in a database with many messages, compared with sends in an empty one.

use clap::Args;

use crate::fill::{Messages, Place, fill};
use crate::fixture::{Fixture, NO_BOT};
use crate::options::Options;
use crate::report::{Goal, Report, Row, number};
use crate::run::in_turns;

/// The number of messages in each chat.
const EACH: usize = 100;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Messages in the large database
    #[arg(long, default_value_t = Self::default().messages)]
    messages: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            messages: 1_000_000,
        }
    }
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    let places: Vec<Place> = Place::guests(arguments.messages.div_ceil(EACH)).collect();
    for connections in options.connections() {
        let large = Fixture::open(options, NO_BOT, connections)?;
        fill(
            &mut large.scratch_db.connection()?,
            &places,
            Messages::dialogue(EACH),
        )?;
        let empty = Fixture::open(options, NO_BOT, connections)?;
        let to_the_large = large.scripts(|guest| guest.send());
        let to_the_empty = empty.scripts(|guest| guest.send());
        let pairs = in_turns(
            options,
            |span| Ok(large.write(&to_the_large, span)?.acknowledged),
            |span| Ok(empty.write(&to_the_empty, span)?.acknowledged),
        )?;
        let name = format!(
            "sends beside {} messages, {connections} connections",
            number((places.len() * EACH) as f64)
        );
        rows.push(Row::rates(name, &pairs).with_goal(Goal::AtLeast(0.9)));
    }
    Ok(Report {
        title: format!(
            "Sends in a large database, beside sends in an empty one: {}",
            options.describe()
        ),
        rows,
    })
}
