//! `Table`: metadata of a table, for code that handles any table, such as the export. Derived from
//! diesel's schema.

use diesel::expression::Expression;
use diesel::sql_types::{BigInt, Bool, Integer, Json, Nullable, Text};
use unicom_models::schema;
use unicom_models::sql_types::{UtcMicros, UuidAny};

/// A table: its name, columns and key.
#[derive(Debug, Clone)]
pub struct Table {
    name: &'static str,
    columns: Vec<Column>,
    key: Vec<&'static str>,
    inner: Vec<&'static str>,
}

/// A column of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name of the column in the database.
    pub name: &'static str,
    /// The type of its values.
    pub kind: ColumnKind,
    /// Whether it may contain NULL.
    pub nullable: bool,
}

/// The type of a [`Column`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A 64-bit integer.
    BigInt,
    /// A 32-bit integer.
    Integer,
    /// A truth value.
    Bool,
    /// A string.
    Text,
    /// JSON.
    Json,
    /// A [`UtcTime`](unicom_models::UtcTime).
    Time,
    /// An [`Id`](unicom_models::Id).
    Uuid,
}

impl Table {
    /// Describes the diesel table `table`, with `id` as its key.
    ///
    /// ```
    /// use unicom_db::tables::Table;
    /// use unicom_models::schema::unicom_bots;
    ///
    /// let table = Table::new("unicom_bots", unicom_bots::table).with_key(&["name"]);
    /// assert_eq!(table.name(), "unicom_bots");
    /// ```
    pub fn new<T>(name: &'static str, _table: T) -> Self
    where
        T: diesel::Table,
        T::AllColumns: Columns,
    {
        let mut columns = Vec::new();
        T::AllColumns::describe(&mut columns);
        Self {
            name,
            columns,
            key: vec!["id"],
            inner: Vec::new(),
        }
    }

    /// Sets the columns of the primary key.
    #[must_use]
    pub fn with_key(mut self, columns: &[&'static str]) -> Self {
        self.key = columns.to_vec();
        self
    }

    /// Sets the columns that refer to other rows of this table.
    #[must_use]
    pub fn with_inner_references(mut self, columns: &[&'static str]) -> Self {
        self.inner = columns.to_vec();
        self
    }

    /// Returns the name of the table in the database.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the names of the columns of the primary key, which also define the sort order.
    pub fn key(&self) -> &[&'static str] {
        &self.key
    }

    /// Returns the names of the columns that refer to other rows of this table.
    pub fn inner_references(&self) -> &[&'static str] {
        &self.inner
    }
}

/// The columns of a table, as diesel lists them.
pub trait Columns {
    /// Appends a description of each column.
    fn describe(columns: &mut Vec<Column>);
}

/// The SQL type of a column.
pub trait Holds {
    /// The type of the values.
    const KIND: ColumnKind;
    /// Whether the column may contain NULL.
    const NULLABLE: bool = false;
}

impl Holds for BigInt {
    const KIND: ColumnKind = ColumnKind::BigInt;
}

impl Holds for Integer {
    const KIND: ColumnKind = ColumnKind::Integer;
}

impl Holds for Bool {
    const KIND: ColumnKind = ColumnKind::Bool;
}

impl Holds for Text {
    const KIND: ColumnKind = ColumnKind::Text;
}

impl Holds for Json {
    const KIND: ColumnKind = ColumnKind::Json;
}

impl Holds for UtcMicros {
    const KIND: ColumnKind = ColumnKind::Time;
}

impl Holds for UuidAny {
    const KIND: ColumnKind = ColumnKind::Uuid;
}

impl<T> Holds for Nullable<T>
where
    T: Holds + diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>,
{
    const KIND: ColumnKind = T::KIND;
    const NULLABLE: bool = true;
}

/// Implements [`Columns`] for tuples, since diesel lists the columns of a table as one tuple.
macro_rules! describe_tuples {
    ($first:ident $($more:ident)*) => {
        impl<$first, $($more),*> Columns for ($first, $($more,)*)
        where
            $first: diesel::Column,
            <$first as Expression>::SqlType: Holds,
            $($more: diesel::Column, <$more as Expression>::SqlType: Holds,)*
        {
            fn describe(columns: &mut Vec<Column>) {
                columns.push(column::<$first>());
                $(columns.push(column::<$more>());)*
            }
        }

        describe_tuples!($($more)*);
    };
    () => {};
}

describe_tuples!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z AA AB AC AD AE AF);

fn column<C>() -> Column
where
    C: diesel::Column,
    C::SqlType: Holds,
{
    Column {
        name: C::NAME,
        kind: C::SqlType::KIND,
        nullable: C::SqlType::NULLABLE,
    }
}

/// Returns the tables of unicom, each after the tables it refers to.
pub(crate) fn tables() -> Vec<Table> {
    use schema::*;
    vec![
        Table::new("unicom_channels", unicom_channels::table),
        Table::new("unicom_members", unicom_members::table),
        Table::new("unicom_member_groups", unicom_member_groups::table),
        Table::new("unicom_group_members", unicom_group_members::table)
            .with_key(&["group_id", "member_id"]),
        Table::new(
            "unicom_request_categories",
            unicom_request_categories::table,
        )
        .with_inner_references(&["parent_id"]),
        Table::new("unicom_category_channels", unicom_category_channels::table)
            .with_key(&["category_id", "channel_id"]),
        Table::new("unicom_category_members", unicom_category_members::table)
            .with_key(&["category_id", "member_id"]),
        Table::new("unicom_category_groups", unicom_category_groups::table)
            .with_key(&["category_id", "group_id"]),
        Table::new("unicom_accounts", unicom_accounts::table),
        Table::new("unicom_account_merges", unicom_account_merges::table)
            .with_key(&["from_account_id"]),
        Table::new("unicom_chats", unicom_chats::table),
        Table::new("unicom_account_chats", unicom_account_chats::table)
            .with_key(&["account_id", "chat_id"]),
        Table::new("unicom_messages", unicom_messages::table)
            .with_inner_references(&["reply_to_message_id"]),
        Table::new("unicom_requests", unicom_requests::table)
            .with_inner_references(&["parent_request_id", "initial_request_id"]),
        Table::new("unicom_deliveries", unicom_deliveries::table).with_key(&["message_id"]),
        Table::new("unicom_leases", unicom_leases::table).with_key(&["kind", "key"]),
        Table::new("unicom_channel_holds", unicom_channel_holds::table).with_key(&["channel_id"]),
        Table::new("unicom_channel_state", unicom_channel_state::table)
            .with_key(&["channel_id", "name"]),
        Table::new("unicom_addresses", unicom_addresses::table)
            .with_key(&["platform", "scope", "kind", "address"]),
        Table::new("unicom_provider_messages", unicom_provider_messages::table)
            .with_key(&["channel_id", "provider_id"]),
        Table::new("unicom_message_edits", unicom_message_edits::table)
            .with_key(&["message_id", "revision"]),
        Table::new("unicom_message_failures", unicom_message_failures::table)
            .with_key(&["message_id"]),
        Table::new("unicom_message_details", unicom_message_details::table)
            .with_key(&["message_id"]),
        Table::new("unicom_files", unicom_files::table).with_key(&["message_id", "seq"]),
        Table::new("unicom_deleted_messages", unicom_deleted_messages::table)
            .with_key(&["chat_id", "change"]),
        Table::new("unicom_read_positions", unicom_read_positions::table)
            .with_key(&["chat_id", "account_id"]),
        Table::new("unicom_streams", unicom_streams::table).with_key(&["chat_id"]),
        Table::new("unicom_chat_holders", unicom_chat_holders::table).with_key(&["chat_id"]),
        Table::new("unicom_chat_ratings", unicom_chat_ratings::table).with_key(&["chat_id"]),
        Table::new("unicom_bots", unicom_bots::table).with_key(&["name"]),
        Table::new("unicom_audit", unicom_audit::table),
    ]
}
