//! Tests of visitors of other sites, who have tokens in the place of cookies.

mod files;
mod identify;
mod live;
mod origins;
mod shop;
mod site_config;
mod tokens;

pub use shop::{KEY, ORIGIN, Shop};
