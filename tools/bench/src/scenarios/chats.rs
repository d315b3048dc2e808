//! Lists of 20 chats, compared with the same lists read and serialised without HTTP.

use crate::bare::pages;
use crate::fill::{Messages, Place, fill};
use crate::fixture::{Fixture, NO_BOT};
use crate::http::Guest;
use crate::options::Options;
use crate::report::{Report, Row};
use crate::scenarios::pages::beside_pages;

/// The number of chats of each guest.
const EACH: usize = 20;

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut rows = Vec::new();
    for connections in options.connections() {
        let fixture = Fixture::open(options, NO_BOT, connections)?;
        let places: Vec<Place> = fixture.guests.iter().flat_map(chats_of).collect();
        fill(
            &mut fixture.scratch_db.connection()?,
            &places,
            Messages::dialogue(2),
        )?;
        let pairs = beside_pages(options, &fixture, Guest::chats, pages::chats)?;
        let name = format!("{EACH} chats, {connections} connections");
        let per_cpu = Row::per_cpu_second("the same for each second of CPU", &pairs);
        rows.push(Row::rates(name, &pairs));
        rows.extend(per_cpu);
    }
    Ok(Report {
        title: format!(
            "Chats, beside the same lists read and serialised by one thread without HTTP: {}",
            options.describe()
        ),
        rows,
    })
}

/// Returns the guest's default chat and further ones.
fn chats_of(guest: &Guest) -> Vec<Place> {
    let default = Place::default_of(&*guest.chat_id);
    let further = (1..EACH).map(|number| Place {
        chat_id: format!("{}_{number}", guest.chat_id),
        ..default.clone()
    });
    let further: Vec<Place> = further.collect();
    [vec![default], further].concat()
}
