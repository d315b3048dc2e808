//! An example platform for text messages (SMS), with everything that a new platform needs: it
//! describes and checks its settings, delivers messages, and reads what its gateway posts.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use unicom_core::inbound::{ChatInfo, PlatformEvent, Sender};
use unicom_core::platform::{
    ChannelError, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt, Probed,
    WebhookCall, WebhookHandler, WebhookRefusal, WebhookReply, read_settings,
};
use unicom_core::secrets::Secrets;
use unicom_core::{IncomingMessage, Platform};
use unicom_models::{Channel, PlatformKind};

/// Compiles the programs in the guide for platforms.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/PLATFORMS.md")]
mod guide {}

/// Text messages through a gateway.
#[derive(Debug)]
pub struct Sms {
    /// A stand-in for the provider's HTTP API.
    pub gateway: UnboundedSender<Text>,
    /// Where the tokens of the gateway are found.
    pub secrets: Secrets,
}

/// A text message in the form that the gateway accepts.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The number of the channel.
    pub from: String,
    /// The number of the customer.
    pub to: String,
    /// The text of the message.
    pub text: String,
    /// The sender's id for the message. The gateway sends each reference once.
    pub reference: String,
}

/// The platform's settings of a channel, without the token.
#[derive(Deserialize)]
struct Settings {
    from: String,
}

/// The body that the gateway posts when a customer writes.
#[derive(Deserialize)]
struct Posted {
    id: String,
    from: String,
    text: String,
}

impl Platform for Sms {
    fn kind(&self) -> PlatformKind {
        "Sms".into()
    }

    fn config_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "from": {
                    "description": "The number that the channel sends from, as in +49301234567.",
                    "type": "string",
                    "pattern": "^\\+[0-9]{8,15}$",
                },
                "token_env": {
                    "description": "The variable UNICOM_CHANNEL_… with the gateway's token.",
                    "type": "string",
                },
            },
            "required": ["from", "token_env"],
        })
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        let Settings { from } = read_settings(config)?;
        let digits = from.strip_prefix('+').unwrap_or_default();
        if (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return self.secrets.check_setting(config, "token_env");
        }
        let what = "`from` must be a telephone number such as `+49301234567`";
        Err(ChannelError(what.to_owned()))
    }

    /// A stand-in for a call of the gateway, which knows the tokens.
    fn probe(&self, channel: Channel) -> BoxFuture<'_, Result<Probed, ChannelError>> {
        async move {
            match &*self.secrets.of_setting(&channel.config, "token_env")? {
                "expired" => Err(ChannelError("token `expired` is not valid".to_owned())),
                _ => Ok(Probed::default()),
            }
        }
        .boxed()
    }

    fn webhook(&self) -> Option<&dyn WebhookHandler> {
        Some(self)
    }

    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        async move {
            let settings = read_settings(&job.channel.config);
            let Settings { from } = settings.map_err(|error| DeliveryError::Broken(error.0))?;
            let reference = job.message.id.to_string();
            let text = Text {
                from,
                to: job.to.value,
                text: job.message.text,
                reference: reference.clone(),
            };
            let sent = self.gateway.send(text);
            sent.map_err(|_| DeliveryError::Temporary("the gateway is down".to_owned()))?;
            Ok(DeliveryReceipt::accepted(format!("sms-{reference}")))
        }
        .boxed()
    }
}

impl WebhookHandler for Sms {
    fn read(&self, channel: &Channel, call: &WebhookCall) -> Result<WebhookReply, WebhookRefusal> {
        let token = self.secrets.of_setting(&channel.config, "token_env");
        let token = token.map_err(|_| WebhookRefusal::Unproven)?;
        if !call.header_is("Authorization", &format!("Bearer {token}")) {
            return Err(WebhookRefusal::Unproven);
        }
        let posted: Posted = serde_json::from_slice(&call.body)
            .map_err(|error| WebhookRefusal::Malformed(error.to_string()))?;
        let message = IncomingMessage {
            text: posted.text,
            // The gateway repeats a post that was not answered. It is stored once.
            provider_message_id: Some(posted.id),
            ..IncomingMessage::default()
        };
        let chat = ChatInfo::new(channel.id, &*posted.from);
        let sender = Sender::new(&*posted.from, &*posted.from);
        let event = PlatformEvent::message(sender, chat, message);
        Ok(WebhookReply::events(vec![event]))
    }
}
