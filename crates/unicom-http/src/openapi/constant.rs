//! Schemas of fields with a constant value.

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// Returns the schema of a boolean field that always has the value `VALUE`.
pub(crate) fn always<const VALUE: bool>() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([VALUE]))
        .build()
}
