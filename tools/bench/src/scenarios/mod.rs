//! The scenarios, and a run of all of them.

pub mod chats;
pub mod claims;
pub mod echo;
pub mod first_sends;
pub mod footprint;
pub mod large;
pub mod live;
pub mod messages;
pub mod nchan;
mod pages;
pub mod poll;
pub mod replies;
pub mod sends;

use crate::options::Options;
use crate::report::Report;

/// Runs every scenario, with sends at several numbers of connections.
pub fn all(options: &Options, as_json: bool) -> anyhow::Result<()> {
    type Scenario = fn(&Options) -> anyhow::Result<Report>;
    let scenarios: [Scenario; 13] = [
        |options| sends::run_at(options, &options.connections_or(&[32, 64, 256])),
        |options| first_sends::run(options, &first_sends::Arguments::default()),
        |options| messages::run(options, &messages::Arguments::default()),
        |options| messages::run(options, &messages::Arguments::of_a_dialogue()),
        |options| messages::run(options, &messages::Arguments::in_a_crowd()),
        chats::run,
        poll::run,
        echo::run,
        |options| large::run(options, &large::Arguments::default()),
        replies::run,
        |options| claims::run(options, &claims::Arguments::default()),
        |options| live::run(options, &live::Arguments::default()),
        footprint::run,
    ];
    let mut reports = Vec::new();
    for scenario in scenarios {
        let report = scenario(options)?;
        if !as_json {
            report.print(false)?;
        }
        reports.push(report);
    }
    if as_json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    }
    Ok(())
}
