//! Creating and changing members and groups of members.

use unicom_db::{
    DbError, Tx,
    queries::{groups, members},
};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};

use crate::validation::{checked_name, checked_text};
use crate::{
    CoreError,
    text::{email_address, phone_number},
};

/// The fields of a member to set. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// The name of the person, 1 to 255 characters.
    pub name: Option<String>,
    /// The host's id of the person's user, or `Some(None)` for none.
    pub user_id: Option<Option<String>>,
    /// An e-mail address, or `Some(None)` for none. A new address is unverified unless
    /// `email_verified` is set with it.
    pub email: Option<Option<String>>,
    /// Whether the e-mail address is proven to be the person's. Only a verified address links
    /// accounts.
    pub email_verified: Option<bool>,
    /// A telephone number with country code, or `Some(None)` for none. A new number is unverified
    /// unless `phone_verified` is set with it.
    pub phone: Option<Option<String>>,
    /// Whether the telephone number is proven to be the person's. Only a verified number links
    /// accounts.
    pub phone_verified: Option<bool>,
}

impl MemberChange {
    /// Checks that the user to whom the member is to be bound exists.
    ///
    /// A member bound to the id of a future user would become that user, who would then have all
    /// groups and categories of the member. `is_user` asks the host.
    ///
    /// # Errors
    /// [`CoreError::Invalid`], and the errors of `is_user`.
    pub fn check_user(
        &self,
        is_user: impl FnOnce(&str) -> Result<bool, DbError>,
    ) -> Result<(), CoreError> {
        let Some(Some(id)) = &self.user_id else {
            return Ok(());
        };
        if is_user(&checked_name("user_id", id)?)? {
            Ok(())
        } else {
            Err(CoreError::invalid("user_id", "must be the id of a user"))
        }
    }
}

/// Creates a member.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong.
///
/// ```
/// use unicom_core::admin::{MemberChange, create_member};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let ada = MemberChange {
///     name: Some("Ada Lovelace".to_owned()),
///     email: Some(Some("Ada@Example.org".to_owned())),
///     ..MemberChange::default()
/// };
/// let ada = database.write(move |tx| create_member(tx, ada)).wait()?;
/// assert_eq!(ada.email.as_deref(), Some("ada@example.org"));
/// assert!(!ada.email_verified);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_member(tx: &mut Tx<'_>, change: MemberChange) -> Result<Member, CoreError> {
    let now = tx.now();
    let mut member = Member {
        id: MemberId::new(),
        name: String::new(),
        user_id: None,
        email: None,
        email_verified: false,
        phone: None,
        phone_verified: false,
        created_at: now,
        updated_at: now,
    };
    apply(&mut member, change)?;
    if members::insert_if_absent(tx, &member)? {
        Ok(member)
    } else {
        Err(user_is_taken())
    }
}

/// Changes a member.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong.
pub fn update_member(
    tx: &mut Tx<'_>,
    id: MemberId,
    change: MemberChange,
) -> Result<Member, CoreError> {
    let mut member = members::lock(tx, id)?.ok_or_else(|| CoreError::not_found("member", id))?;
    apply(&mut member, change)?;
    member.updated_at = tx.now();
    match members::update(tx, &member) {
        Ok(_) => Ok(member),
        Err(error) if error.is_unique_violation() => Err(user_is_taken()),
        Err(error) => Err(error.into()),
    }
}

fn apply(member: &mut Member, change: MemberChange) -> Result<(), CoreError> {
    if let Some(name) = change.name {
        member.name = name;
    }
    member.name = checked_name("name", &member.name)?;
    if let Some(user_id) = change.user_id {
        member.user_id = user_id.map(|id| checked_name("user_id", &id)).transpose()?;
    }
    if let Some(email) = change.email {
        let email = email.map(|email| email_address(&email)).transpose();
        let email = email.map_err(|problem| CoreError::invalid("email", problem))?;
        // A changed address is no longer verified.
        member.email_verified &= email == member.email;
        member.email = email;
    }
    if let Some(phone) = change.phone {
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

/// The fields of a group to set. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// Name, 1 to 255 characters. Unique.
    pub name: Option<String>,
    /// What the group is for, at most 2,000 characters.
    pub description: Option<String>,
}

/// Creates a group of members.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong.
pub fn create_group(tx: &mut Tx<'_>, change: GroupChange) -> Result<MemberGroup, CoreError> {
    let now = tx.now();
    let mut group = MemberGroup {
        id: GroupId::new(),
        name: String::new(),
        description: String::new(),
        created_at: now,
        updated_at: now,
    };
    apply_to_group(&mut group, change)?;
    groups::insert(tx, &group).map_err(name_is_taken)?;
    Ok(group)
}

/// Changes a group of members.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong.
pub fn update_group(
    tx: &mut Tx<'_>,
    id: GroupId,
    change: GroupChange,
) -> Result<MemberGroup, CoreError> {
    let mut group = groups::lock(tx, id)?.ok_or_else(|| CoreError::not_found("group", id))?;
    apply_to_group(&mut group, change)?;
    group.updated_at = tx.now();
    groups::update(tx, &group).map_err(name_is_taken)?;
    Ok(group)
}

fn apply_to_group(group: &mut MemberGroup, change: GroupChange) -> Result<(), CoreError> {
    if let Some(name) = change.name {
        group.name = name;
    }
    group.name = checked_name("name", &group.name)?;
    if let Some(description) = change.description {
        checked_text("description", &description, 2000)?;
        group.description = description;
    }
    Ok(())
}

fn name_is_taken(error: DbError) -> CoreError {
    if error.is_unique_violation() {
        return CoreError::invalid("name", "belongs to another group");
    }
    error.into()
}

/// Adds a member to a group. Returns `true` if the member was not in the group before.
///
/// # Errors
/// [`CoreError::NotFound`] if the group or the member does not exist.
///
/// ```
/// use unicom_core::CoreError;
/// use unicom_core::admin::{GroupChange, MemberChange, create_group, create_member, join_group};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let (ada, support) = (Some("Ada".to_owned()), Some("Support".to_owned()));
/// let joined = database.write(move |tx| {
///     let ada = create_member(tx, MemberChange { name: ada, ..MemberChange::default() })?;
///     let support = create_group(tx, GroupChange { name: support, ..GroupChange::default() })?;
///     let first = join_group(tx, support.id, ada.id)?;
///     let again = join_group(tx, support.id, ada.id)?;
///     Ok::<_, CoreError>((first, again))
/// });
/// assert_eq!(joined.wait()?, (true, false));
/// # Ok::<(), CoreError>(())
/// ```
pub fn join_group(tx: &mut Tx<'_>, group: GroupId, member: MemberId) -> Result<bool, CoreError> {
    if groups::get(tx, group)?.is_none() {
        return Err(CoreError::not_found("group", group));
    }
    if members::get(tx, member)?.is_none() {
        return Err(CoreError::not_found("member", member));
    }
    Ok(groups::add_member(tx, group, member)?)
}
