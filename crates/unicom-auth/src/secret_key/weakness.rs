//! Why a secret is easy to guess.

use std::collections::BTreeSet;

/// Minimum length of a secret, in characters: 128 random bits in hexadecimal.
pub(super) const SHORTEST: usize = 32;

/// Minimum number of different characters in a secret. A random secret of 32 hexadecimal digits has
/// fewer once in 10¹² times.
const FEWEST: usize = 6;

/// Why a text is too easy to guess to be a secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Weakness {
    /// It is too short.
    #[error("has fewer than {SHORTEST} characters")]
    Short,
    /// It repeats one character. Zeros, for example, are what some file systems leave of a file
    /// after a power loss.
    #[error("repeats one character")]
    OneCharacter,
    /// It repeats a short text.
    #[error("repeats a few characters")]
    Repeated,
    /// It has few different characters.
    #[error("has fewer than {FEWEST} different characters")]
    Monotonous,
    /// Most of its characters follow each other in the alphabet.
    #[error("is a sequence of letters or digits")]
    Sequence,
}

impl Weakness {
    /// Returns why the text is easy to guess, or `None` if no reason is apparent.
    pub(super) fn of(secret: &str) -> Option<Self> {
        let characters: Vec<char> = secret.chars().collect();
        let count = characters.len();
        let distinct = BTreeSet::from_iter(&characters).len();
        let is_repeated = || {
            let mut lengths = 1..SHORTEST.min(count / 2 + 1);
            lengths.any(|length| characters[length..] == characters[..count - length])
        };
        let steps = || {
            let follows = |pair: &&[char]| (pair[0] as u32).abs_diff(pair[1] as u32) <= 1;
            characters.windows(2).filter(follows).count()
        };
        match distinct {
            _ if count < SHORTEST => Some(Self::Short),
            1 => Some(Self::OneCharacter),
            _ if is_repeated() => Some(Self::Repeated),
            ..FEWEST => Some(Self::Monotonous),
            _ if steps() > count / 2 => Some(Self::Sequence),
            _ => None,
        }
    }
}
