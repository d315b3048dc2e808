//! `on_engine!` and `by_engine!`, which leave out the engines that are not built in.

/// Runs a body against the connection inside a [`Db`](crate::Db), whichever engine it is.
///
/// The body is compiled once for each engine and can use everything that diesel supports on both.
#[macro_export]
macro_rules! on_engine {
    ($db:expr, $conn:ident => $body:expr) => {
        $crate::__match_engine!($db, $conn => $body, $conn => $body)
    };
}

/// Runs a separate body for each engine against the connection inside a [`Db`](crate::Db). With one
/// body, nothing happens on the other engine.
///
/// The body for an engine that is not built in is not compiled.
///
/// ```
/// use diesel::connection::SimpleConnection;
/// use unicom_db::{Db, by_engine};
///
/// fn now(db: &mut Db) -> diesel::QueryResult<&'static str> {
///     by_engine!(db, Sqlite(conn) => conn.batch_execute("PRAGMA optimize")?);
///     Ok(by_engine!(db, Postgres(_) => "clock_timestamp()", Sqlite(_) => "unixepoch()"))
/// }
/// ```
#[macro_export]
macro_rules! by_engine {
    ($db:expr, Postgres($pg:pat) => $on_pg:expr, Sqlite($lite:pat) => $on_lite:expr $(,)?) => {
        $crate::__match_engine!($db, $pg => $on_pg, $lite => $on_lite)
    };
    ($db:expr, Postgres($conn:pat) => $body:expr $(,)?) => {
        $crate::__match_engine!($db, $conn => $body, _ => ())
    };
    ($db:expr, Sqlite($conn:pat) => $body:expr $(,)?) => {
        $crate::__match_engine!($db, _ => (), $conn => $body)
    };
}

// Three macros instead of one with `cfg` in its body, which would mean the features of the crate
// that uses it.

#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Postgres($pg) => $on_pg,
            $crate::Db::Sqlite($lite) => $on_lite,
        }
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Postgres($pg) => $on_pg,
        }
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Sqlite($lite) => $on_lite,
        }
    };
}
