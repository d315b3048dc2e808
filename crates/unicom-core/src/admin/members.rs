//! Creating, changing and deleting members.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use unicom_db::{DbError, Tx, queries::members};
use unicom_models::{Member, MemberId};

use super::audit::{fields_set, set_or_cleared};
use super::fields::Change;
use crate::validation::{checked_key, checked_name};
use crate::{
    CoreError,
    admin::Actor,
    text::{email_address, phone_number},
};

/// The changes to a member. A missing field stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberChange {
    /// The name of the person.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: Option<String>,
    /// The id of an existing user of the host, unique; `null` clears it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 1, max_length = 255))]
    pub user_id: Change<String>,
    /// `null` clears it. A new address is unverified unless `email_verified` is set.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 3, max_length = 254))]
    pub email: Change<String>,
    /// Whether the e-mail address is proven to be the person's. Only a verified address links
    /// accounts.
    pub email_verified: Option<bool>,
    /// With country code, as in `+49 170 1234567`; `null` clears it. A new number is unverified
    /// unless `phone_verified` is set.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = r"^\+[0-9 ./()-]+$"))]
    pub phone: Change<String>,
    /// Whether the telephone number is proven to be the person's. Only a verified number links
    /// accounts.
    pub phone_verified: Option<bool>,
}

impl MemberChange {
    /// Checks that the user to whom the member is to be bound exists.
    ///
    /// A member bound to the id of a future user would become that user, who would then have all
    /// groups and categories of the member.
    fn check_user(
        &self,
        tx: &mut Tx<'_>,
        is_user: impl FnOnce(&mut Tx<'_>, &str) -> Result<bool, DbError>,
    ) -> Result<(), CoreError> {
        let Change::Set(id) = &self.user_id else {
            return Ok(());
        };
        if is_user(tx, &checked_key("user_id", id)?)? {
            Ok(())
        } else {
            Err(CoreError::invalid("user_id", "must be the id of a user"))
        }
    }

    /// Describes the change for the audit trail. The name, the e-mail address and the telephone
    /// number are recorded only as set or cleared.
    fn for_audit(&self) -> Map<String, Value> {
        fields_set([
            ("name", self.name.as_ref().map(|_| json!("set"))),
            (
                "user_id",
                self.user_id.as_ref().new_state().map(|id| json!(id)),
            ),
            ("email", set_or_cleared(&self.email)),
            ("email_verified", self.email_verified.map(Value::Bool)),
            ("phone", set_or_cleared(&self.phone)),
            ("phone_verified", self.phone_verified.map(Value::Bool)),
        ])
    }
}

/// Creates a member. `is_user` returns whether the host has a user with an id, active or not:
/// members are bound only to existing users.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong, and the errors of `is_user`.
///
/// ```
/// use unicom_core::admin::{Actor, Change, MemberChange, create_member};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let ada = MemberChange {
///     name: Some("Ada Lovelace".to_owned()),
///     email: Change::Set("Ada@Example.org".to_owned()),
///     ..MemberChange::default()
/// };
/// let actor = Actor::user(7);
/// let ada = database
///     .write(move |tx| create_member(tx, &actor, ada, |_, id| Ok(id == "7")))
///     .wait()?;
/// assert_eq!(ada.email.as_deref(), Some("ada@example.org"));
/// assert!(!ada.email_verified);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    change: MemberChange,
    is_user: impl FnOnce(&mut Tx<'_>, &str) -> Result<bool, DbError>,
) -> Result<Member, CoreError> {
    change.check_user(tx, is_user)?;
    let details = change.for_audit();
    let mut member = Member::new(String::new(), tx.now());
    apply(&mut member, change)?;
    if !members::insert_if_absent(tx, &member)? {
        return Err(user_is_taken());
    }
    actor.record(tx, "member.create", subject(member.id), details)?;
    Ok(member)
}

/// Changes a member. `is_user` is as in [`create_member`].
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong; the errors of `is_user`.
pub fn update_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: MemberId,
    change: MemberChange,
    is_user: impl FnOnce(&mut Tx<'_>, &str) -> Result<bool, DbError>,
) -> Result<Member, CoreError> {
    change.check_user(tx, is_user)?;
    let details = change.for_audit();
    let mut member = members::lock(tx, id)?.ok_or_else(|| CoreError::not_found("member", id))?;
    apply(&mut member, change)?;
    member.updated_at = tx.now();
    members::update(tx, &member).map_err(|error| match error.is_unique_violation() {
        true => user_is_taken(),
        false => error.into(),
    })?;
    actor.record(tx, "member.update", subject(id), details)?;
    Ok(member)
}

/// Deletes a member. Its accounts and requests stay, without a member.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn delete_member(tx: &mut Tx<'_>, actor: &Actor, id: MemberId) -> Result<(), CoreError> {
    if !members::delete(tx, id)? {
        return Err(CoreError::not_found("member", id));
    }
    Ok(actor.record(tx, "member.delete", subject(id), json!({}))?)
}

fn apply(member: &mut Member, change: MemberChange) -> Result<(), CoreError> {
    if let Some(name) = change.name {
        member.name = name;
    }
    member.name = checked_name("name", &member.name)?;
    if let Some(user_id) = change.user_id.new_state() {
        member.user_id = user_id.map(|id| checked_key("user_id", &id)).transpose()?;
    }
    if let Some(email) = change.email.new_state() {
        let email = email.map(|email| email_address(&email)).transpose();
        let email = email.map_err(|problem| CoreError::invalid("email", problem))?;
        // A changed address is no longer verified.
        member.email_verified &= email == member.email;
        member.email = email;
    }
    if let Some(phone) = change.phone.new_state() {
        let phone = phone.map(|phone| phone_number(&phone)).transpose();
        let phone = phone.map_err(|problem| CoreError::invalid("phone", problem))?;
        member.phone_verified &= phone == member.phone;
        member.phone = phone;
    }
    member.email_verified =
        change.email_verified.unwrap_or(member.email_verified) && member.email.is_some();
    member.phone_verified =
        change.phone_verified.unwrap_or(member.phone_verified) && member.phone.is_some();
    Ok(())
}

fn user_is_taken() -> CoreError {
    CoreError::invalid("user_id", "belongs to another member")
}

fn subject(id: MemberId) -> String {
    format!("member:{id}")
}
