//! Reads of guests, compared with the same data read and serialised without HTTP.

use std::hint::black_box;
use std::time::Instant;

use unicom_db::Db;
use unicom_webchat::Visitor;

use crate::fill::Place;
use crate::fixture::Fixture;
use crate::http::Guest;
use crate::options::Options;
use crate::run::{Pairs, Run, in_turns};

/// Measures a read request of every guest against `page` on the same database.
///
/// # Errors
///
/// Fails if the server's response and the result of `page` differ in any byte. This is checked
/// before the measurement.
pub fn beside_pages(
    options: &Options,
    fixture: &Fixture,
    request: fn(&Guest) -> Vec<u8>,
    page: fn(&mut Db, &Visitor) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Pairs> {
    let mut db = fixture.scratch_db.connection()?;
    let mut client = fixture.client()?;
    let mut visitors = Vec::new();
    for (guest, place) in fixture.guests.iter().zip(Place::of(&fixture.guests)) {
        let visitor = place.visitor();
        let bare = page(&mut db, &visitor)?;
        let answer = client.ok(&request(guest))?;
        anyhow::ensure!(
            answer.body == bare,
            "the server's answer and the bare one differ:\n{}\n{}",
            String::from_utf8_lossy(answer.body),
            String::from_utf8_lossy(&bare)
        );
        visitors.push(visitor);
    }
    let scripts = fixture.scripts(request);
    in_turns(
        options,
        |span| fixture.read(&scripts, 200, span),
        |span| {
            Run::here(|| {
                let end = Instant::now() + span;
                let mut done = 0;
                for visitor in visitors.iter().cycle() {
                    if Instant::now() >= end {
                        break;
                    }
                    black_box(page(&mut db, visitor)?);
                    done += 1;
                }
                Ok(done)
            })
        },
    )
}
