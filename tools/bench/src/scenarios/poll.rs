//! Polls that find nothing new, compared with a constant JSON response of the same server.

use anyhow::Context;
use serde_json::Value;

use crate::fill::{Messages, Place, fill};
use crate::fixture::{Fixture, NO_BOT};
use crate::http::{Script, get};
use crate::options::Options;
use crate::report::{Goal, Report, Row};
use crate::run::{Pairs, in_turns};

/// The rate that an idle poll should reach, relative to the constant JSON.
const GOAL: Goal = Goal::AtLeast(0.4);

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let fixture = Fixture::open(options, NO_BOT, connections)?;
        let places = Place::of(&fixture.guests);
        let messages = Messages::dialogue(1000);
        fill(&mut fixture.scratch_db.connection()?, &places, messages)?;

        let constant = vec![Script::again(get(fixture.server.address(), "/healthz")); connections];
        let beside_constant = |scripts: &[Script], status| {
            in_turns(
                options,
                |span| fixture.read(scripts, status, span),
                |span| fixture.read(&constant, 200, span),
            )
        };
        let pairs = beside_constant(&after_the_last(&fixture)?, 200)?;
        let name = format!("`after` the last message, {connections} connections");
        rows.extend(poll_rows(name, &pairs));
        if let Some(scripts) = unless_changed(&fixture)? {
            let pairs = beside_constant(&scripts, 304)?;
            let name = format!("`If-None-Match` of the newest page, {connections} connections");
            rows.extend(poll_rows(name, &pairs));
        }
    }
    Ok(Report {
        title: format!(
            "Polls that find nothing new, beside a constant JSON from the same server: {}",
            options.describe()
        ),
        rows,
    })
}

/// Returns the rate of a poll, and the rate per second of CPU time. The load generator itself uses
/// a core, so the rate alone says little about the server.
fn poll_rows(name: String, pairs: &Pairs) -> Vec<Row> {
    let mut rows = vec![Row::rates(name, pairs).with_goal(GOAL)];
    rows.extend(Row::per_cpu_second(
        "the same for each second of CPU",
        pairs,
    ));
    rows
}

/// Creates scripts in which each guest requests the messages after the last one: an empty page.
fn after_the_last(fixture: &Fixture) -> anyhow::Result<Vec<Script>> {
    let mut client = fixture.client()?;
    let mut scripts = Vec::new();
    for guest in &fixture.guests {
        let answer = client.ok(&guest.messages("?limit=1"))?;
        let page: Value = serde_json::from_slice(answer.body)?;
        let last = page["messages"][0]["id"].as_str();
        let last = last.context("a page without messages")?;
        let request = guest.messages(&format!("?chat_id={}&after={last}", guest.chat_id));
        let page: Value = serde_json::from_slice(client.ok(&request)?.body)?;
        let is_empty = page["messages"].as_array().is_some_and(Vec::is_empty);
        anyhow::ensure!(is_empty, "a poll that finds something: {page}");
        scripts.push(Script::again(request));
    }
    Ok(scripts)
}

/// Creates scripts in which each guest requests the newest page on the condition that it has
/// changed.
///
/// Returns `None` if the server sends no `ETag`.
fn unless_changed(fixture: &Fixture) -> anyhow::Result<Option<Vec<Script>>> {
    let mut client = fixture.client()?;
    let mut scripts = Vec::new();
    for guest in &fixture.guests {
        let answer = client.ok(&guest.messages(""))?;
        let Some(tag) = answer.header("etag") else {
            return Ok(None);
        };
        scripts.push(Script::again(guest.messages_unless(tag)));
    }
    Ok(Some(scripts))
}
