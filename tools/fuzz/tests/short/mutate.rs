//! Mutations of inputs: what libFuzzer does first, without its feedback from coverage.

use fastrand::Rng;

/// Bytes that have a meaning in some parser.
const SPECIAL: &[u8] = b"\0\r\n\"'\\{}[]():;,=&?#%/.-_ \x7f\x80\xff09azAZ<>*";

/// Words that have a meaning in some parser.
const WORDS: [&str; 29] = [
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "0",
    "1e999",
    "9223372036854775808",
    "0.1",
    "\\u0000",
    "\\ud800",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "__",
    "__gte",
    "' OR 1=1--",
    "\r\n",
    "--X",
    "--X--\r\n",
    "../",
    "\u{202e}",
    "\u{fdd0}",
    "é",
    "webchat_user_1",
    "sessionid=",
    "csrftoken=",
    "visitor=",
    "name=\"media\"",
];

/// Returns one of `inputs` with one to six mutations.
pub fn changed(rng: &mut Rng, inputs: &[&[u8]]) -> Vec<u8> {
    let mut input = inputs[rng.usize(..inputs.len())].to_vec();
    for _ in 0..rng.usize(1..=6) {
        let other = inputs[rng.usize(..inputs.len())];
        change(rng, &mut input, other);
    }
    input
}

fn change(rng: &mut Rng, input: &mut Vec<u8>, other: &[u8]) {
    let at = rng.usize(..=input.len());
    let end = (at + rng.usize(..=16)).min(input.len());
    match rng.u8(..8) {
        0 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        1 if at < input.len() => input[at] = rng.u8(..),
        2 => input.insert(at, SPECIAL[rng.usize(..SPECIAL.len())]),
        3 => drop(input.drain(at..end)),
        4 => drop(input.splice(at..at, WORDS[rng.usize(..WORDS.len())].bytes())),
        5 => {
            let part = input[at..end].to_vec();
            let times = 1 << rng.usize(..8);
            drop(input.splice(at..at, part.repeat(times)));
        }
        6 => drop(
            input.splice(
                at..end,
                other
                    .iter()
                    .copied()
                    .skip(rng.usize(..=other.len()))
                    .take(64),
            ),
        ),
        _ => input.truncate(at),
    }
}
