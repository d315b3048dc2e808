//! Fills a database with pending requests.

use unicom_bench::fill::{Messages, Place, fill as fill_places};
use unicom_bench::scratch_db::ScratchDb;

/// The number of requests in each chat other than the busy one.
const EACH: usize = 4;

/// One in this many requests is in the busy chat.
const BUSY: usize = 5;

/// The pending requests.
#[derive(Debug)]
pub struct Waiting {
    pub busy_chat: String,
    pub in_busy_chat: u64,
    in_others: u64,
}

impl Waiting {
    pub fn all(&self) -> u64 {
        self.in_busy_chat + self.in_others
    }
}

/// Creates about `requests` due requests: a fifth of them in one chat, the others four to a chat.
pub fn fill(scratch_db: &ScratchDb, requests: usize) -> anyhow::Result<Waiting> {
    let in_busy_chat = requests / BUSY;
    let others = (requests - in_busy_chat) / EACH;
    let mut places: Vec<Place> = Place::guests(others + 1).collect();
    let busy = places.split_off(others);
    let mut db = scratch_db.connection()?;
    fill_places(&mut db, &places, Messages::waiting(EACH))?;
    fill_places(&mut db, &busy, Messages::waiting(in_busy_chat))?;
    Ok(Waiting {
        busy_chat: busy[0].chat_id.clone(),
        in_busy_chat: in_busy_chat as u64,
        in_others: (others * EACH) as u64,
    })
}
