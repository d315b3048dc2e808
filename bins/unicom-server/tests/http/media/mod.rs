//! Tests of files: which are accepted, under which name they are kept, and how they are served.

mod all_guests;
mod corpus;
mod documents;
mod file_types;
mod form_names;
mod forms;
mod free_space;
mod further;
mod leftovers;
mod names;
mod orphans;
mod pixels;
mod polyglots;
mod quota;
mod serving;
mod uploads;

use crate::sample_images::PNG;

/// Images of one pixel, as short as possible.
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xC0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\
    \xFF\xDA\0\x08\x01\x01\0\0\x3f\0\x37\xFF\xD9";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const WEBP: &[u8] =
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";
