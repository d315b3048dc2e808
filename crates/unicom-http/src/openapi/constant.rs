//! Schemas of fields with a constant value.

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// The schema of a field that always says the same.
pub(crate) fn always<const VALUE: bool>() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([VALUE]))
        .build()
}
