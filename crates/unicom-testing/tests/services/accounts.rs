//! Tests of `get_or_create_account`: which account a visitor gets, and which member it is linked
//! to.

use unicom_models::{Account, Member, MemberId};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, User, Visitor, WebChatError, get_or_create_account};

use crate::fixture::{Fixture, user};

impl Fixture {
    fn account_for(&self, visitor: &Visitor) -> Result<Account, WebChatError> {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        self.database
            .write(move |tx| get_or_create_account(tx, &channel, &visitor))
            .wait()
    }

    fn member_of(&self, user: &User) -> Option<MemberId> {
        let visitor = Visitor::User(user.clone());
        self.account_for(&visitor).unwrap().member_id
    }

    /// Creates a member known from another platform.
    fn known_person(&self, email: &str, verified: bool, user_id: Option<&str>) -> MemberId {
        let (email, user_id) = (email.to_owned(), user_id.map(str::to_owned));
        self.write(move |tx| {
            let mut member = Member::new("Known".to_owned(), tx.now());
            member.user_id = user_id;
            member.email = Some(email);
            member.email_verified = verified;
            unicom_db::queries::members::insert_if_absent(tx, &member)?;
            Ok(member.id)
        })
    }
}

fn with_email(id: &str, email: &str, email_verified: bool) -> User {
    User {
        email: Some(email.to_owned()),
        email_verified,
        ..user(id)
    }
}

both_engines! {
    fn guest_gets_one_account_and_no_member(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let account = site.account_for(&guest).unwrap();
        assert_eq!(account.id.as_str(), "webchat_guest_4f3c");
        assert_eq!(account.member_id, None);
        assert_eq!(account.platform.as_str(), "WebChat");
        assert_eq!(site.account_for(&guest).unwrap(), account);
        assert_eq!(site.rows_of("unicom_accounts"), 1);
        assert_eq!(site.rows_of("unicom_members"), 0);
    }

    fn user_gets_one_account_and_a_member(db: &TestDatabase) {
        let site = Fixture::new(db);
        let visitor = Visitor::user("7", "Ann");
        let account = site.account_for(&visitor).unwrap();
        assert_eq!(account.id.as_str(), "webchat_user_7");
        assert_eq!(account.name, "Ann");
        assert!(account.member_id.is_some());
        assert_eq!(site.account_for(&visitor).unwrap(), account);
        assert_eq!(site.rows_of("unicom_members"), 1);
    }

    fn renaming_does_not_change_old_messages(db: &TestDatabase) {
        let site = Fixture::new(db);
        let before = site.say(&Visitor::user("7", "Ann"), "one");
        let after = site.say(&Visitor::user("7", "Ann Lee"), "two");
        assert_eq!((before.sender_name.as_str(), after.sender_name.as_str()), ("Ann", "Ann Lee"));
        assert_eq!(site.account("webchat_user_7").unwrap().name, "Ann Lee");
        assert_eq!(site.rows_of("unicom_members"), 1);
    }

    fn member_is_found_by_user_id_first(db: &TestDatabase) {
        let site = Fixture::new(db);
        let by_user = site.known_person("other@example.org", true, Some("7"));
        site.known_person("ann@example.org", true, None);
        assert_eq!(site.member_of(&with_email("7", "ann@example.org", true)), Some(by_user));
    }

    fn member_is_found_by_verified_email_ignoring_case(db: &TestDatabase) {
        let site = Fixture::new(db);
        let known = site.known_person("ann@example.org", true, None);
        assert_eq!(site.member_of(&with_email("7", " Ann@Example.ORG ", true)), Some(known));
        // From now on the member belongs to that user only.
        assert_ne!(site.member_of(&with_email("8", "ann@example.org", true)), Some(known));
    }

    fn unverified_email_links_no_member(db: &TestDatabase) {
        let site = Fixture::new(db);
        let verified = site.known_person("ann@example.org", true, None);
        let unverified = site.known_person("bob@example.org", false, None);
        assert_ne!(site.member_of(&with_email("7", "ann@example.org", false)), Some(verified));
        assert_ne!(site.member_of(&with_email("8", "bob@example.org", true)), Some(unverified));
    }

    fn empty_email_links_no_member(db: &TestDatabase) {
        let site = Fixture::new(db);
        let empty = site.known_person("", true, None);
        let members = [
            site.member_of(&with_email("7", "", true)),
            site.member_of(&with_email("8", " ", true)),
            site.member_of(&user("9")),
            site.member_of(&user("10")),
            Some(empty),
        ];
        let different: std::collections::BTreeSet<_> = members.iter().flatten().collect();
        assert_eq!(different.len(), 5, "{members:?}");
    }

    fn ambiguous_email_links_no_member(db: &TestDatabase) {
        let site = Fixture::new(db);
        let one = site.known_person("desk@example.org", true, None);
        let two = site.known_person("desk@example.org", true, None);
        let member = site.member_of(&with_email("7", "desk@example.org", true));
        assert!(![Some(one), Some(two)].contains(&member));
    }

    fn blocked_account_is_rejected(db: &TestDatabase) {
        let site = Fixture::new(db);
        for visitor in [Visitor::guest("4f3c"), Visitor::user("7", "Ann")] {
            site.say(&visitor, "before");
            site.block(&visitor);
            let before = site.rows();
            assert!(matches!(site.account_for(&visitor), Err(WebChatError::AccountBlocked)));
            let saved = site.save(&visitor, NewMessage::text("after"));
            assert!(matches!(saved, Err(WebChatError::AccountBlocked)), "{saved:?}");
            let named = NewMessage::text("after").in_chat(visitor.account_id().as_str());
            assert!(matches!(site.save(&visitor, named), Err(WebChatError::AccountBlocked)));
            let listed = site.list(&visitor, unicom_webchat::MessagePageRequest::default());
            assert!(matches!(listed, Err(WebChatError::AccountBlocked)), "{listed:?}");
            assert_eq!(site.rows(), before);
        }
    }
}
