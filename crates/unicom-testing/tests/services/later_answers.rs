//! Tests of answers that come later, with the token of the request's current attempt.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use unicom_core::{
    Bots, CoreError, OutgoingMessage, PipelineOptions,
    bots::{BotContext, BotError, Outcome},
    replies::{answer_request, token_hash},
};
use unicom_db::Database;
use unicom_db::queries::queue;
use unicom_models::{Message, RequestId, RequestStatus};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, bots, platforms};
use crate::pipeline::{Running, quick, until};

/// The tokens that a bot has issued, one for each time it was asked.
type Tokens = Arc<Mutex<Vec<String>>>;

/// Returns a bot that promises an answer `within` this time.
fn later(database: &Database, tokens: &Tokens, within: Duration) -> Bots {
    let (database, tokens) = (database.clone(), Arc::clone(tokens));
    bots().with("echo", move |context: BotContext| {
        let (database, tokens) = (database.clone(), Arc::clone(&tokens));
        async move {
            let token = format!("token {} {}", context.request.id, context.request.attempts);
            let hash = token_hash(&token);
            let kept =
                database.write(move |tx| queue::set_reply_token(tx, &context.request, &hash));
            assert!(
                kept.await
                    .map_err(|error: unicom_db::DbError| BotError::Temporary(error.to_string()))?
            );
            tokens.lock().unwrap().push(token);
            Ok(Outcome::later(within))
        }
    })
}

struct Desk {
    site: Fixture,
    tokens: Tokens,
    visitor: Visitor,
    _running: Running,
}

impl Desk {
    fn new(db: &TestDatabase, within: Duration, options: PipelineOptions) -> Self {
        let site = Fixture::with(
            db.database(),
            json!({"bot": "echo", "failure_message": false}),
        );
        let tokens = Tokens::default();
        let bots = later(db.database(), &tokens, within);
        Self {
            site,
            tokens,
            visitor: Visitor::guest("4f3c"),
            _running: Running::start(db.database(), bots, options),
        }
    }

    fn ask(&self) -> RequestId {
        let message = self.site.say(&self.visitor, "hello");
        let asked = self.tokens.lock().unwrap().len();
        until("the bot is asked", || {
            self.tokens.lock().unwrap().len() > asked || asked > 0
        });
        self.site.request_of(&message).id
    }

    fn token(&self, attempt: usize) -> String {
        self.tokens.lock().unwrap()[attempt - 1].clone()
    }

    fn answer(&self, id: RequestId, token: &str, text: &str) -> Result<Vec<Message>, CoreError> {
        let (token, replies) = (token.to_owned(), vec![OutgoingMessage::text(text)]);
        let written = self.site.database.write(move |tx| {
            answer_request(
                tx,
                &platforms(&FakePlatform::default()),
                id,
                &token,
                replies,
            )
        });
        written.wait()
    }

    fn status(&self, id: RequestId) -> RequestStatus {
        self.site
            .read(move |db| unicom_db::queries::requests::get(db, id))
            .unwrap()
            .status
    }
}

const LONG: Duration = Duration::from_secs(3600);

both_engines! {
    fn answer_completes_the_request_once(db: &TestDatabase) {
        let desk = Desk::new(db, LONG, quick());
        let id = desk.ask();
        let answer = desk.answer(id, &desk.token(1), "here I am").unwrap();
        assert_eq!(answer[0].text, "here I am");
        assert_eq!(desk.status(id), RequestStatus::Completed);
        // A second answer is refused and changes nothing.
        assert!(matches!(desk.answer(id, &desk.token(1), "again"), Err(CoreError::RequestEnded(_))));
        assert_eq!(desk.site.texts(&desk.visitor), ["hello", "here I am"]);
    }

    fn wrong_token_is_rejected(db: &TestDatabase) {
        let desk = Desk::new(db, LONG, quick());
        let id = desk.ask();
        for wrong in ["", "token", &token_hash(&desk.token(1))] {
            assert!(matches!(desk.answer(id, wrong, "no"), Err(CoreError::RequestNotFound(_))), "{wrong}");
        }
        let other = RequestId::new();
        assert!(matches!(desk.answer(other, &desk.token(1), "no"), Err(CoreError::RequestNotFound(_))));
        assert_eq!(desk.site.texts(&desk.visitor), ["hello"]);
        assert_eq!(desk.status(id), RequestStatus::Processing);
    }

    fn rejected_answer_leaves_the_request_open(db: &TestDatabase) {
        let desk = Desk::new(db, LONG, quick());
        let id = desk.ask();
        assert!(matches!(desk.answer(id, &desk.token(1), " "), Err(CoreError::EmptyMessage)));
        assert_eq!(desk.status(id), RequestStatus::Processing);
        assert!(desk.answer(id, &desk.token(1), "better").is_ok());
    }

    fn missing_answer_is_retried_and_then_fails(db: &TestDatabase) {
        let desk = Desk::new(db, Duration::from_millis(100), quick());
        let id = desk.ask();
        until("the request is given up", || desk.status(id) == RequestStatus::Failed);
        assert_eq!(desk.tokens.lock().unwrap().len(), 3);
        let request = desk.site.read(move |db| unicom_db::queries::requests::get(db, id)).unwrap();
        assert!(request.error.as_deref().unwrap().contains("promised a reply"), "{request:?}");
        // It is too late now. The holder of the last token is told so; earlier tokens are unknown.
        let late = desk.answer(id, &desk.token(3), "late");
        assert!(matches!(late, Err(CoreError::RequestEnded(_))), "{late:?}");
        for attempt in 1..=2 {
            let late = desk.answer(id, &desk.token(attempt), "late");
            assert!(matches!(late, Err(CoreError::RequestNotFound(_))), "{late:?}");
        }
        assert_eq!(desk.site.texts(&desk.visitor), ["hello"]);
    }

    fn late_answer_of_an_earlier_attempt_is_rejected(db: &TestDatabase) {
        let options = PipelineOptions { attempts: 100, ..quick() };
        let desk = Desk::new(db, Duration::from_millis(300), options);
        let id = desk.ask();
        until("the bot is asked again", || desk.tokens.lock().unwrap().len() > 1);
        assert!(matches!(desk.answer(id, &desk.token(1), "late"), Err(CoreError::RequestNotFound(_))));
        assert!(!desk.site.texts(&desk.visitor).contains(&"late".to_owned()));
    }

    fn next_request_of_the_chat_waits_for_the_answer(db: &TestDatabase) {
        let desk = Desk::new(db, LONG, quick());
        let first = desk.ask();
        let second = desk.site.say(&desk.visitor, "and?");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(desk.site.request_of(&second).status, RequestStatus::Pending);
        desk.answer(first, &desk.token(1), "here I am").unwrap();
        until("the next one is asked", || desk.tokens.lock().unwrap().len() == 2);
    }
}
