//! Pages of 50 messages, compared with the same pages read and serialised without HTTP.

use clap::Args;

use crate::bare::pages;
use crate::fill::{Messages, Place, fill};
use crate::fixture::{Fixture, NO_BOT};
use crate::options::Options;
use crate::report::{Goal, Report, Row, number};
use crate::scenarios::pages::beside_pages;

/// The number of messages in each chat.
const EACH: usize = 1000;

#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// Make half of each chat's messages replies to the other half
    #[arg(long)]
    dialogue: bool,
    /// Messages in the whole table, most of them in chats that are not read [default: only those of
    /// the readers' chats]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    crowd: usize,
}

impl Arguments {
    pub fn of_a_dialogue() -> Self {
        Self {
            dialogue: true,
            ..Self::default()
        }
    }

    pub fn in_a_crowd() -> Self {
        Self {
            crowd: 1_000_000,
            ..Self::default()
        }
    }

    fn describe(&self) -> String {
        let kind = if self.dialogue { " of a dialogue" } else { "" };
        let table = match self.crowd {
            0 => String::new(),
            all => format!(" in a table of {}", number(all as f64)),
        };
        format!("50 of {} messages{kind}{table}", number(EACH as f64))
    }
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let fixture = Fixture::open(options, NO_BOT, connections)?;
        let mut places = Place::of(&fixture.guests);
        let others = (arguments.crowd / EACH).saturating_sub(connections);
        places.extend(Place::guests(others));
        let messages = if arguments.dialogue {
            Messages::dialogue(EACH)
        } else {
            Messages::plain(EACH)
        };
        fill(&mut fixture.scratch_db.connection()?, &places, messages)?;

        let pairs = beside_pages(
            options,
            &fixture,
            |guest| guest.messages("?limit=50"),
            pages::messages,
        )?;
        let name = format!("{}, {connections} connections", arguments.describe());
        let per_cpu = Row::per_cpu_second("the same for each second of CPU", &pairs);
        rows.push(Row::rates(name, &pairs));
        rows.extend(per_cpu.map(|row| row.with_goal(Goal::AtLeast(0.6))));
    }
    Ok(Report {
        title: format!(
            "Messages, beside the same pages read and serialised by one thread without HTTP: {}",
            options.describe()
        ),
        rows,
    })
}
