//! [`Parameters`]: the form in which a model takes its parameters.

use serde::Serialize;

use super::settings::LlmSettings;

/// A parameter that some models do not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    MaxTokens,
    Temperature,
    StreamOptions,
    Stream,
}

/// Parameters by the names that errors give them. Errors that name two of a kind come first.
pub(super) const NAMES: [(&str, Parameter); 5] = [
    ("max_tokens", Parameter::MaxTokens),
    ("max_completion_tokens", Parameter::MaxTokens),
    ("temperature", Parameter::Temperature),
    ("stream_options", Parameter::StreamOptions),
    ("stream", Parameter::Stream),
];

/// The name of the maximum number of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum MaxTokens {
    #[default]
    Usual,
    /// `max_completion_tokens`, as newer models of OpenAI name it.
    OfCompletion,
    Omitted,
}

/// The form in which a model takes its parameters. The default sends all that are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    max_tokens: MaxTokens,
    omits_temperature: bool,
    omits_stream_options: bool,
    omits_stream: bool,
}

/// The parameters of a request.
#[derive(Serialize)]
pub(super) struct Sent {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

/// Options of an answer in pieces.
#[derive(Serialize)]
struct StreamOptions {
    /// Whether the last piece tells how many tokens were used.
    include_usage: bool,
}

impl Parameters {
    /// Returns the parameters of a request with these settings.
    pub fn sent(self, settings: &LlmSettings) -> Sent {
        let most = settings.max_tokens.as_ref().map(|most| most.0);
        let is_streamed = self.is_streamed(settings);
        Sent {
            temperature: settings.temperature.filter(|_| !self.omits_temperature),
            max_tokens: most.filter(|_| self.max_tokens == MaxTokens::Usual),
            max_completion_tokens: most.filter(|_| self.max_tokens == MaxTokens::OfCompletion),
            stream: is_streamed.then_some(true),
            stream_options: (is_streamed && !self.omits_stream_options).then_some(StreamOptions {
                include_usage: true,
            }),
        }
    }

    /// Returns `true` if the answer comes in pieces.
    pub fn is_streamed(self, settings: &LlmSettings) -> bool {
        settings.stream.unwrap_or(false) && !self.omits_stream
    }

    /// Returns the form without the parameter that a model has refused, or with another name for
    /// it. Returns `None` if the request had no such parameter.
    pub fn without(self, refused: Parameter, settings: &LlmSettings) -> Option<Self> {
        let is_streamed = self.is_streamed(settings);
        let (changed, was_sent) = match refused {
            Parameter::MaxTokens => {
                let max_tokens = match self.max_tokens {
                    MaxTokens::Usual => MaxTokens::OfCompletion,
                    _ => MaxTokens::Omitted,
                };
                let was_sent = self.max_tokens != MaxTokens::Omitted;
                let was_sent = was_sent && settings.max_tokens.is_some();
                (Self { max_tokens, ..self }, was_sent)
            }
            Parameter::Temperature => {
                let omitted = Self {
                    omits_temperature: true,
                    ..self
                };
                (omitted, settings.temperature.is_some())
            }
            Parameter::StreamOptions => {
                let omitted = Self {
                    omits_stream_options: true,
                    ..self
                };
                (omitted, is_streamed)
            }
            Parameter::Stream => {
                let omitted = Self {
                    omits_stream: true,
                    ..self
                };
                (omitted, is_streamed)
            }
        };
        (was_sent && changed != self).then_some(changed)
    }
}
