//! ID3v2 tags, which some programs write in front of sound of any format (ID3v2.4, 3).

use std::io::{Read, Seek};

use crate::media::scan::{Broken, Scan};

/// Maximum number of tags before the sound.
const MOST_TAGS: usize = 8;

/// Returns where the file goes on after its ID3v2 tags: at its beginning if there are none.
pub(in crate::media) fn end_of_id3<R: Read + Seek>(
    scan: &mut Scan<R>,
    head: &[u8],
) -> Result<u64, Broken> {
    let mut end = 0;
    let mut header = head.get(..10).map(<[u8]>::to_vec);
    for _ in 0..MOST_TAGS {
        let Some(length) = header.as_deref().and_then(length) else {
            break;
        };
        end += length;
        scan.go_to(end)?;
        header = Some(scan.up_to(10)?);
    }
    Ok(end)
}

/// Returns the length of the tag with this header.
fn length(header: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', version, _, flags, a, b, c, d] = *header else {
        return None;
    };
    if !(2..=4).contains(&version) || (a | b | c | d) >= 0x80 {
        return None;
    }
    let content = [a, b, c, d]
        .iter()
        .fold(0, |length, seven| length << 7 | u64::from(*seven));
    // The tag may end with a copy of its header.
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + content + footer)
}
