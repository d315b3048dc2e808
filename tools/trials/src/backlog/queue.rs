//! Checks of a backlog in the database: how much is left, and whether everything was answered once
//! and in order.

use diesel::prelude::*;
use unicom_bench::scratch_db::ScratchDb;
use unicom_db::{Db, on_engine};
use unicom_models::schema::{unicom_messages as messages, unicom_requests as requests};
use unicom_models::{ChatId, Direction, MessageId, RequestStatus};

use crate::row::Row;

/// The number of pending requests.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    pub busy: u64,
    pub others: u64,
}

impl Left {
    pub fn all(self) -> u64 {
        self.busy + self.others
    }
}

pub struct Queue {
    db: Db,
    busy_chat: ChatId,
}

impl Queue {
    pub fn open(scratch_db: &ScratchDb, busy_chat: &str) -> anyhow::Result<Self> {
        Ok(Self {
            db: scratch_db.connection()?,
            busy_chat: busy_chat.to_owned().into(),
        })
    }

    pub fn left(&mut self) -> anyhow::Result<Left> {
        let busy_chat = &self.busy_chat;
        let [all, busy]: [i64; 2] = on_engine!(&mut self.db, conn => {
            let open = requests::table.filter(requests::due_at.is_not_null());
            [
                open.count().get_result(conn)?,
                open.filter(requests::chat_id.eq(busy_chat)).count().get_result(conn)?,
            ]
        });
        // A request may complete between the two counts.
        let others = all.saturating_sub(busy).max(0);
        Ok(Left {
            busy: busy.unsigned_abs(),
            others: others.unsigned_abs(),
        })
    }

    /// Returns the checks that must hold once no request is pending.
    pub fn books(&mut self) -> anyhow::Result<Vec<Row>> {
        let db = &mut self.db;
        let stuck: i64 = on_engine!(&mut *db, conn => requests::table
            .filter(requests::status.ne(RequestStatus::Completed))
            .count()
            .get_result(conn))?;
        let asked: Vec<(ChatId, MessageId)> = on_engine!(&mut *db, conn => messages::table
            .filter(messages::direction.eq(Direction::Incoming))
            .order((messages::chat_id, messages::timestamp, messages::id))
            .select((messages::chat_id, messages::id))
            .load(conn))?;
        let answered: Vec<(ChatId, Option<MessageId>)> = on_engine!(&mut *db, conn => messages::table
            .filter(messages::direction.eq(Direction::Outgoing))
            .order((messages::chat_id, messages::timestamp, messages::id))
            .select((messages::chat_id, messages::reply_to_message_id))
            .load(conn))?;
        let in_order = asked.iter().zip(&answered);
        let out_of_order = in_order.filter(|((chat, id), (of, to))| chat != of || Some(*id) != *to);
        Ok(vec![
            Row::none("requests stuck: not COMPLETED", stuck.unsigned_abs()),
            Row::none(
                "answers too few or too many",
                (asked.len() as u64).abs_diff(answered.len() as u64),
            ),
            Row::none(
                "answers out of their chat's order, or missing before others",
                out_of_order.count() as u64,
            ),
        ])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use unicom_bench::scratch_db::{ScratchDb, channel};
    use unicom_core::Bots;

    use super::super::fill::fill;
    use super::*;

    #[test]
    fn pending_requests_and_missing_answers_are_counted() {
        let scratch_db = ScratchDb::new(None).unwrap();
        scratch_db.migrate().unwrap();
        channel(&scratch_db.connect().unwrap(), &Bots::default(), json!({})).unwrap();
        let waiting = fill(&scratch_db, 100).unwrap();
        assert_eq!((waiting.in_busy_chat, waiting.all()), (20, 100));
        let mut queue = Queue::open(&scratch_db, &waiting.busy_chat).unwrap();
        let left = queue.left().unwrap();
        assert_eq!((left.busy, left.others), (20, 80));
        let figures: Vec<u64> = queue
            .books()
            .unwrap()
            .iter()
            .map(|row| row.figure)
            .collect();
        assert_eq!(figures, [100, 100, 0], "all are stuck and unanswered");
    }
}
