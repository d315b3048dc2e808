//! Sends to the echo bot until it has answered them all, compared with sends without a bot.

use crate::fixture::{ECHO, Fixture, NO_BOT};
use crate::options::Options;
use crate::report::{Goal, Report, Row};
use crate::run::{Pairs, in_turns};

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let answering = Fixture::open(options, ECHO, connections)?;
        let silent = Fixture::open(options, NO_BOT, connections)?;
        let with_bot = answering.scripts(|guest| guest.send());
        let without_bot = silent.scripts(|guest| guest.send());
        let (mut answered, mut sent) = (Vec::new(), 0);
        let before = answering.statements()?;
        let pairs = in_turns(
            options,
            |span| {
                let written = answering.write(&with_bot, span)?;
                answered.push(written.settled);
                sent += written.sent;
                Ok(written.acknowledged)
            },
            |span| Ok(silent.write(&without_bot, span)?.acknowledged),
        )?;
        // The first run is the warm-up and does not count.
        let answered = Pairs {
            subject: answered.split_off(1),
            limit: pairs.limit.clone(),
        };
        let name = |what| format!("{what}, {connections} connections");
        rows.push(Row::rates(name("acknowledged"), &pairs));
        rows.push(Row::rates(name("answered"), &answered));
        if let (Some(before), Some(after)) = (before, answering.statements()?) {
            let each = (after - before) as f64 / sent as f64;
            let name = name("statements for a message with its answer");
            rows.push(Row::single(name, "", &[each]).with_goal(Goal::AtMost(3.0)));
        }
    }
    Ok(Report {
        title: format!(
            "Sends to the echo bot until it has answered them all, beside sends without a bot: {}",
            options.describe()
        ),
        rows,
    })
}
