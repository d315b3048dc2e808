#![doc = include_str!("../README.md")]

mod compile;
mod custom;
#[cfg(test)]
mod fixture;
mod keywords;
mod pattern;
mod script;
#[cfg(test)]
mod tests;

pub use compile::Matchers;
