//! Tests that the history given to a bot is read with an index, however long the chat is.

use unicom_core::OutgoingMessage;
use unicom_db::queries::history;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message, send_webchat_message};

use crate::explain::StatementRecorder;
use crate::fixture::Fixture;

both_engines! {
    fn history_uses_an_index(db: &TestDatabase) {
        let site = Fixture::new(db);
        for guest in 0..8 {
            let channel = site.channel.clone();
            site.write(move |tx| {
                for number in 0..250 {
                    let new = NewMessage::text(number.to_string());
                    let visitor = Visitor::guest(guest.to_string());
                    let saved = save_webchat_message(tx, &channel, &visitor, new)?;
                    let answer = OutgoingMessage::text("answer");
                    send_webchat_message(tx, &channel, &saved.message.chat_id, answer)?;
                }
                Ok(())
            });
        }
        let asked = site.say(&Visitor::guest("7"), "asked");
        let mut connection = db.connection();
        let recorder = StatementRecorder::default();
        recorder.listen(&mut connection);
        let found = history::history(&mut connection, &asked, 129).unwrap();
        assert_eq!(found.len(), 129);
        let plan = recorder.explain(&mut connection);
        assert!(plan.contains("unicom_messages_page"), "{plan}");
        let sorts = plan.contains("Sort") || plan.contains("TEMP B-TREE");
        let reads_all = plan.contains("Seq Scan") || plan.contains("SCAN unicom_messages");
        assert!(!sorts && !reads_all, "{plan}");
    }
}
