//! [`Extent`]: how much of a conversation is sent to the model.

use unicom_models::Message;

/// How much of a conversation is sent to the model, from the most to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    Whole,
    WithoutImages,
    /// The newest messages with a quarter of the characters, without images.
    Recent,
    /// Only the message to answer, without its image.
    Alone,
}

impl Extent {
    /// Returns the part of the messages that is sent. The last message is always part of it.
    pub fn part(self, messages: &[Message]) -> &[Message] {
        let last = messages.len().saturating_sub(1);
        let begin = match self {
            Self::Whole | Self::WithoutImages => 0,
            Self::Recent => recent(messages).min(last),
            Self::Alone => last,
        };
        &messages[begin..]
    }

    /// Returns the next smaller extent with which less is sent of these messages, or `None`.
    /// `has_images` says whether images were sent, and `is_general` whether anything else may have
    /// been refused.
    pub fn smaller(self, messages: &[Message], has_images: bool, is_general: bool) -> Option<Self> {
        if self == Self::Whole && has_images {
            return Some(Self::WithoutImages);
        }
        let sent = self.part(messages).len();
        let smaller = [Self::Recent, Self::Alone].into_iter();
        let mut smaller = smaller.filter(|extent| *extent > self && is_general);
        smaller.find(|extent| extent.part(messages).len() < sent)
    }
}

/// Returns where the newest messages with a quarter of the characters begin.
fn recent(messages: &[Message]) -> usize {
    let length = |message: &Message| match &message.html {
        Some(html) => html.len().max(message.text.len()),
        None => message.text.len(),
    };
    let most = messages.iter().map(length).sum::<usize>() / 4;
    let mut sum = 0;
    let kept = messages.iter().rev().take_while(|message| {
        sum += length(message);
        sum <= most
    });
    messages.len() - kept.count()
}
