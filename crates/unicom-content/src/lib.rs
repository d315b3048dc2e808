#![doc = include_str!("../README.md")]

pub mod html;
pub mod markdown;
pub mod media;
pub mod replies;
pub mod text;
