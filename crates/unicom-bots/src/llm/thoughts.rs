//! [`Thoughts`]: separates what a model thinks, between tags such as `<think>`, from what it says.

/// The names of the tags.
const NAMES: [&str; 4] = ["think", "thinking", "thought", "reasoning"];

/// Reads the text of a model in pieces and returns what is not a thought.
///
/// A thought without an end lasts until the end of the text. Tags in the code of Markdown, after a
/// backtick, are text.
#[derive(Default)]
pub(super) struct Thoughts {
    /// The name of the tag that is open.
    inside: Option<&'static str>,
    /// The end of the text, which may be the beginning of a tag.
    held: String,
    /// Whether something was said.
    has_said: bool,
    /// The last character before `held`.
    last: Option<char>,
    /// Whether a thought ended that had no beginning.
    is_unopened: bool,
}

/// What stands at a `<`.
enum Tag {
    Begin(&'static str, usize),
    End(&'static str, usize),
    /// The text is too short to know.
    Unknown,
    None,
}

impl Thoughts {
    /// Returns what the model says in this piece and in what was held back before.
    pub fn read(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        let mut said = String::new();
        let text = std::mem::take(&mut self.held);
        let mut rest = text.as_str();
        while let Some(at) = rest.find('<') {
            self.say(&rest[..at], &mut said);
            rest = &rest[at..];
            let is_code = self.last == Some('`');
            let length = match tag(rest) {
                Tag::Unknown => {
                    self.held = rest.to_owned();
                    return said;
                }
                Tag::Begin(name, length) if self.inside.is_none() && !is_code => {
                    self.inside = Some(name);
                    length
                }
                Tag::End(name, length) if self.inside == Some(name) => {
                    self.inside = None;
                    length
                }
                // Some servers put the beginning into the prompt.
                Tag::End(_, length) if self.inside.is_none() && !is_code => {
                    said.clear();
                    (self.has_said, self.is_unopened) = (false, true);
                    length
                }
                _ => {
                    self.say("<", &mut said);
                    rest = &rest[1..];
                    continue;
                }
            };
            self.last = None;
            rest = &rest[length..];
        }
        self.say(rest, &mut said);
        said
    }

    /// Returns what was held back.
    pub fn end(&mut self) -> String {
        let (held, mut said) = (std::mem::take(&mut self.held), String::new());
        self.say(&held, &mut said);
        said
    }

    /// Returns `true` if a thought ended that had no beginning: what was said before is a thought.
    pub fn is_unopened(&self) -> bool {
        self.is_unopened
    }

    /// Adds text that has no tags. White space before the first words is left out.
    fn say(&mut self, text: &str, said: &mut String) {
        self.last = text.chars().last().or(self.last);
        if self.inside.is_some() {
            return;
        }
        let text = if self.has_said {
            text
        } else {
            text.trim_start()
        };
        self.has_said |= !text.is_empty();
        said.push_str(text);
    }
}

/// Returns what a model says in this text.
pub(super) fn without_thoughts(text: &str) -> String {
    let mut thoughts = Thoughts::default();
    let said = thoughts.read(text);
    said + &thoughts.end()
}

/// Returns the tag at the `<` that the text begins with.
fn tag(text: &str) -> Tag {
    let (is_end, name) = match text[1..].strip_prefix('/') {
        Some(name) => (true, name),
        None => (false, &text[1..]),
    };
    for known in NAMES {
        let begin = name.get(..known.len().min(name.len()));
        let is_so = begin.is_some_and(|begin| begin.eq_ignore_ascii_case(&known[..begin.len()]));
        if !is_so {
            continue;
        }
        if name.len() <= known.len() {
            return Tag::Unknown;
        }
        if name[known.len()..].starts_with('>') {
            let length = text.len() - name.len() + known.len() + 1;
            return match is_end {
                true => Tag::End(known, length),
                false => Tag::Begin(known, length),
            };
        }
    }
    Tag::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_are_left_out_wherever_they_are_cut() {
        for (text, expected) in [
            ("<think>\nsecret\n</think>\n\nHello!", "Hello!"),
            (
                "<Thinking>a < b</thinking> Hello <think>x</think>you",
                "Hello you",
            ),
            ("<think>a</thinking>b</think>Hello", "Hello"),
            ("<think></think>Hello", "Hello"),
            ("Hello <think>never ends", "Hello "),
            ("<thought>x</thought><reasoning>y</reasoning>Hello", "Hello"),
            ("a < b, <b>bold</b>, <thin", "a < b, <b>bold</b>, <thin"),
            ("write `<think>` first", "write `<think>` first"),
            ("<thinkpad> žluť <", "<thinkpad> žluť <"),
            ("<think>a</think", ""),
        ] {
            assert_eq!(without_thoughts(text), expected, "{text}");
            for size in 1..8 {
                let mut thoughts = Thoughts::default();
                let characters: Vec<char> = text.chars().collect();
                let pieces = characters.chunks(size).map(String::from_iter);
                let said: String = pieces.map(|piece| thoughts.read(&piece)).collect();
                assert_eq!(
                    said + &thoughts.end(),
                    expected,
                    "{text} in pieces of {size}"
                );
            }
        }
    }

    #[test]
    fn thought_without_a_beginning_is_left_out() {
        assert_eq!(without_thoughts("secret\n</think>\n\nHello!"), "Hello!");
        let mut thoughts = Thoughts::default();
        thoughts.read("sec");
        assert!(!thoughts.is_unopened());
        assert_eq!(thoughts.read("ret</think> Hello"), "Hello");
        assert!(thoughts.is_unopened());
    }
}
