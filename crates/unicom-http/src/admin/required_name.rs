//! The bodies that create members, groups and categories: those that change them, with a name.

use std::borrow::Cow;

use unicom_core::admin::{CategoryChange, GroupChange, MemberChange};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

macro_rules! new {
    ($name:ident, $change:ty, $what:literal) => {
        #[doc = $what]
        pub(super) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let name = ObjectBuilder::new().required("name");
                let schema = AllOfBuilder::new()
                    .description(Some($what))
                    .item(Ref::from_schema_name(<$change>::name()))
                    .item(name);
                schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.push((<$change>::name().into_owned(), <$change>::schema()));
                <$change>::schemas(schemas);
            }
        }
    };
}

new!(NewMember, MemberChange, "A new member.");
new!(NewGroup, GroupChange, "A new group.");
new!(NewCategory, CategoryChange, "A new category.");
