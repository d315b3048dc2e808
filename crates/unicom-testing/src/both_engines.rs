//! [`both_engines!`](crate::both_engines): runs a test body on each engine.

/// Creates a test for each engine that is built in from each function in its body: `name::sqlite`
/// and `name::postgres`.
///
/// Each test gets a fresh [`TestDatabase`](crate::TestDatabase) with unicom's tables. To use other
/// tables, begin the body with `migrations: […];` and the full paths of the migrations. An `async
/// fn` runs on a single-threaded tokio runtime. Without PostgreSQL, its test prints `skipped: …`.
///
/// ```
/// use unicom_db::lookups;
/// use unicom_testing::{TestDatabase, both_engines};
///
/// both_engines! {
///     migrations: [unicom_db::MIGRATIONS];
///
///     fn new_database_has_no_channels(db: &TestDatabase) {
///         assert!(db.read(lookups::channels).is_empty());
///     }
///
///     async fn empty_list_can_be_awaited(db: &TestDatabase) {
///         let all = db.database().read(lookups::channels).await;
///         assert!(all.is_ok_and(|all| all.is_empty()));
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_engines {
    (migrations: [$($set:expr),* $(,)?]; $($tests:tt)*) => {
        $crate::__both_engines! { [$(&$set),*] $($tests)* }
    };
    ($($tests:tt)*) => {
        $crate::__both_engines! { [&$crate::MIGRATIONS] $($tests)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __both_engines {
    ($sets:tt) => {};
    ($sets:tt $(#[$meta:meta])* fn $name:ident($db:ident: $type:ty) $body:block $($rest:tt)*) => {
        $(#[$meta])*
        fn $name($db: $type) $body

        mod $name {
            $crate::__on_sqlite! {
                #[test]
                fn sqlite() {
                    super::$name(&$crate::TestDatabase::sqlite(&$sets));
                }
            }

            $crate::__on_postgres! {
                #[test]
                fn postgres() {
                    if let Some(db) = $crate::TestDatabase::postgres(&$sets) {
                        super::$name(&db);
                    }
                }
            }
        }

        $crate::__both_engines! { $sets $($rest)* }
    };
    ($sets:tt $(#[$meta:meta])* async fn $name:ident($db:ident: $type:ty) $body:block $($rest:tt)*) => {
        $(#[$meta])*
        async fn $name($db: $type) $body

        mod $name {
            $crate::__on_sqlite! {
                #[test]
                fn sqlite() {
                    $crate::block_on(super::$name(&$crate::TestDatabase::sqlite(&$sets)));
                }
            }

            $crate::__on_postgres! {
                #[test]
                fn postgres() {
                    if let Some(db) = $crate::TestDatabase::postgres(&$sets) {
                        $crate::block_on(super::$name(&db));
                    }
                }
            }
        }

        $crate::__both_engines! { $sets $($rest)* }
    };
}

#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __on_sqlite {
    ($test:item) => {
        $test
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __on_sqlite {
    ($test:item) => {};
}

#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __on_postgres {
    ($test:item) => {
        $test
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __on_postgres {
    ($test:item) => {};
}

/// Runs a future on a single-threaded tokio runtime.
#[doc(hidden)]
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("no runtime: {error}"))
        .block_on(future)
}
