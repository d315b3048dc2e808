//! Sends of visitors who have written before, beside the same rows without HTTP.

use crate::bare::sends::Yard;
use crate::options::{Options, USUAL_CONNECTIONS};
use crate::report::{Goal, Report, Row};
use crate::run::in_turns;
use crate::site::{NO_BOT, Site};

pub fn run(options: &Options) -> anyhow::Result<Report> {
    run_at(options, &options.connections())
}

pub fn run_at(options: &Options, connections: &[usize]) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for &connections in connections {
        let site = Site::open(options, NO_BOT, connections)?;
        let yard = Yard::new(options, connections)?;
        let seats = site.seats(|guest| guest.send());
        let pairs = in_turns(
            options,
            |span| Ok(site.write(&seats, span)?.acknowledged),
            |span| yard.sends(span),
        )?;
        let row = Row::rates(format!("sends, {connections} connections"), &pairs);
        rows.push(if connections == USUAL_CONNECTIONS {
            row.with_goal(Goal::AtLeast(0.7))
        } else {
            row
        });
    }
    Ok(Report {
        title: format!(
            "Sends, beside the same rows in groups as large as there are connections (SQLite) or in single statements on \
            the server's number of connections (PostgreSQL): {}",
            options.describe()
        ),
        rows,
    })
}
