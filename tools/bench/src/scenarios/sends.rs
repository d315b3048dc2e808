//! Sends of visitors who have written before, compared with the same rows without HTTP.

use crate::bare::sends::BareTables;
use crate::fixture::{Fixture, NO_BOT};
use crate::options::{Options, USUAL_CONNECTIONS};
use crate::report::{Goal, Report, Row};
use crate::run::in_turns;

pub fn run(options: &Options) -> anyhow::Result<Report> {
    run_at(options, &options.connections())
}

pub fn run_at(options: &Options, connections: &[usize]) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for &connections in connections {
        let fixture = Fixture::open(options, NO_BOT, connections)?;
        let tables = BareTables::new(options, connections)?;
        let scripts = fixture.scripts(|guest| guest.send());
        let pairs = in_turns(
            options,
            |span| Ok(fixture.write(&scripts, span)?.acknowledged),
            |span| tables.sends(span),
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
