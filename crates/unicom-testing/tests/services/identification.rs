//! Tests of `identify_member`: the person behind a request.

use serde_json::json;
use unicom_core::{
    IncomingMessage,
    admin::{Actor, Change, MemberChange, create_member, update_member},
    inbound::{PlatformEvent, Sender, receive},
};
use unicom_models::{Member, MemberId, Request};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};

use crate::fixture::{Fixture, bots, channel};
use crate::pipeline::{Running, quick, until};

const EMAIL: &str = "ada@example.org";
const PHONE: &str = "+491701234567";

/// A channel of a platform that verifies e-mail addresses and phone numbers, and a pipeline.
struct Desk {
    site: Fixture,
    _running: Running,
}

impl Desk {
    fn new(db: &TestDatabase) -> Self {
        let site = Fixture {
            database: db.database().clone(),
            channel: channel(db.database(), FakePlatform::KIND, json!({})),
        };
        Self {
            site,
            _running: Running::start(db.database(), bots(), quick()),
        }
    }

    fn member(&self, change: MemberChange) -> Member {
        let name = change.name.clone().or(Some("Ada".to_owned()));
        self.site.write(move |tx| {
            let new = MemberChange { name, ..change };
            Ok(create_member(tx, &Actor::COMMAND_LINE, new, |_, _| {
                Ok(true)
            })?)
        })
    }

    /// Receives a message of an account with this verified address and number. Returns the request
    /// when it has ended.
    fn write(&self, account: &str, email: Option<&str>, phone: Option<&str>) -> Request {
        let address = account.trim_start_matches("fake_");
        let incoming = PlatformEvent::message(
            Sender::new(address, "Ada"),
            FakePlatform::chat(address),
            IncomingMessage {
                text: "hello".to_owned(),
                verified_email: email.map(str::to_owned),
                verified_phone: phone.map(str::to_owned),
                ..IncomingMessage::default()
            },
        );
        let channel = self.site.channel.clone();
        let message = self.site.write(move |tx| {
            Ok(receive(tx, &channel, incoming)?
                .into_saved()
                .unwrap()
                .message)
        });
        until("the request waits for a person", || {
            self.site.request_of(&message).due_at.is_none()
        });
        self.site.request_of(&message)
    }

    fn linked(&self, account: &str) -> Option<MemberId> {
        self.site.account(account).unwrap().member_id
    }
}

fn with_email(verified: bool) -> MemberChange {
    MemberChange {
        email: Change::Set(EMAIL.to_owned()),
        email_verified: Some(verified),
        ..MemberChange::default()
    }
}

fn with_phone(verified: bool) -> MemberChange {
    MemberChange {
        phone: Change::Set(PHONE.to_owned()),
        phone_verified: Some(verified),
        ..MemberChange::default()
    }
}

both_engines! {
    fn verified_email_finds_and_links_the_member(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(with_email(true));
        desk.member(MemberChange::default());
        let request = desk.write("fake_1", Some("Ada@Example.org"), None);
        assert_eq!((request.member_id, request.email.as_deref()), (Some(ada.id), Some(EMAIL)));
        assert_eq!(desk.linked("fake_1"), Some(ada.id));
        // Known from now on, even without an address.
        assert_eq!(desk.write("fake_1", None, None).member_id, Some(ada.id));
    }

    fn verified_phone_finds_the_member(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(with_phone(true));
        let request = desk.write("fake_1", Some("else@example.org"), Some(PHONE));
        assert_eq!((request.member_id, request.phone.as_deref()), (Some(ada.id), Some(PHONE)));
        assert_eq!(desk.linked("fake_1"), Some(ada.id));
    }

    fn contacts_are_normalised_before_the_search(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(with_email(true));
        let bob = desk.member(with_phone(true));
        let request = desk.write("fake_1", Some(" ADA@Example.org "), None);
        assert_eq!((request.member_id, request.email.as_deref()), (Some(ada.id), Some(EMAIL)));
        let request = desk.write("fake_2", None, Some("+49 170 1234567"));
        assert_eq!((request.member_id, request.phone.as_deref()), (Some(bob.id), Some(PHONE)));
        let request = desk.write("fake_3", Some("ada"), Some("0170 1234567"));
        assert_eq!((request.member_id, request.email, request.phone), (None, None, None));
    }

    fn unverified_contacts_find_no_member(db: &TestDatabase) {
        let desk = Desk::new(db);
        desk.member(with_email(false));
        desk.member(with_phone(false));
        assert_eq!(desk.write("fake_1", Some(EMAIL), Some(PHONE)).member_id, None);
        assert_eq!(desk.linked("fake_1"), None);
    }

    fn several_matches_are_noted_on_the_request(db: &TestDatabase) {
        let desk = Desk::new(db);
        desk.member(with_email(true));
        desk.member(with_email(true));
        let request = desk.write("fake_1", Some(EMAIL), None);
        assert_eq!((request.member_id, desk.linked("fake_1")), (None, None));
        let notes = &request.metadata["notes"];
        assert!(notes[0].as_str().unwrap().contains("several members"), "{notes}");
    }

    fn email_and_phone_of_different_members_do_not_match(db: &TestDatabase) {
        let desk = Desk::new(db);
        desk.member(with_email(true));
        desk.member(with_phone(true));
        assert_eq!(desk.write("fake_1", Some(EMAIL), Some(PHONE)).member_id, None);
        assert_eq!(desk.linked("fake_1"), None);
    }

    fn email_and_phone_of_one_member_match(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(MemberChange { phone: Change::Set(PHONE.to_owned()), phone_verified: Some(true), ..with_email(true) });
        assert_eq!(desk.write("fake_1", Some(EMAIL), Some(PHONE)).member_id, Some(ada.id));
    }

    fn linked_member_takes_precedence_over_contacts(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(with_phone(true));
        desk.write("fake_1", None, Some(PHONE));
        desk.member(with_email(true));
        assert_eq!(desk.write("fake_1", Some(EMAIL), None).member_id, Some(ada.id));
        assert_eq!(desk.linked("fake_1"), Some(ada.id));
    }

    fn members_without_contacts_do_not_match(db: &TestDatabase) {
        let desk = Desk::new(db);
        desk.member(MemberChange { email_verified: Some(true), phone_verified: Some(true), ..MemberChange::default() });
        assert_eq!(desk.write("fake_1", Some(""), Some("")).member_id, None);
        assert_eq!(desk.write("fake_2", None, None).member_id, None);
    }

    fn changed_email_is_not_verified(db: &TestDatabase) {
        let desk = Desk::new(db);
        let ada = desk.member(with_email(true));
        let changed = desk.site.write(move |tx| {
            let email = Change::Set("other@example.org".to_owned());
            let change = MemberChange { email, ..MemberChange::default() };
            Ok(update_member(tx, &Actor::COMMAND_LINE, ada.id, change, |_, _| Ok(true))?)
        });
        assert!(!changed.email_verified);
        assert_eq!(desk.write("fake_1", Some("other@example.org"), None).member_id, None);
    }
}
