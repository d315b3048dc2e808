//! An example platform for text messages (SMS). It shows what a new platform needs: one trait, and
//! one function for incoming messages.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use unicom_core::{
    CoreError, IncomingMessage, Platform,
    inbound::{self, Applied, ChatInfo, PlatformEvent, Sender},
    platform::{ChannelError, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt},
};
use unicom_db::Tx;
use unicom_models::{Channel, PlatformKind};

/// Compiles the programs in the guide for platforms.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/PLATFORMS.md")]
mod guide {}

/// Text messages through a gateway. The configuration of a channel is `{"from": "+49301234567"}`,
/// the number that it sends from.
#[derive(Debug)]
pub struct Sms {
    /// A stand-in for the provider's HTTP API.
    pub gateway: UnboundedSender<Text>,
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
    /// The sender's id for the message. The gateway sends a message with a known reference only
    /// once.
    pub reference: String,
}

impl Platform for Sms {
    fn kind(&self) -> PlatformKind {
        "Sms".into()
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        from_number(config).map(|_| ())
    }

    fn deliver(
        &self,
        outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        async move {
            let broken = |error: ChannelError| DeliveryError::Broken(error.to_string());
            let reference = outgoing.message.id.to_string();
            let text = Text {
                from: from_number(&outgoing.channel.config)
                    .map_err(broken)?
                    .to_owned(),
                to: outgoing.to.value,
                text: outgoing.message.text,
                reference: reference.clone(),
            };
            let sent = self.gateway.send(text);
            sent.map_err(|_| DeliveryError::Temporary("the gateway is down".to_owned()))?;
            Ok(DeliveryReceipt::accepted(format!("sms-{reference}")))
        }
        .boxed()
    }
}

/// The body that the gateway posts when a customer writes. Verify its signature before you trust
/// it.
#[derive(Debug, Deserialize)]
pub struct Inbound {
    id: String,
    from: String,
    text: String,
}

/// Stores a customer's message, with account, chat and request. The gateway may post the same
/// message twice.
///
/// # Errors
/// Returns the errors of [`inbound::receive`].
pub fn receive(tx: &mut Tx<'_>, channel: &Channel, inbound: Inbound) -> Result<Applied, CoreError> {
    let message = IncomingMessage {
        text: inbound.text,
        provider_message_id: Some(inbound.id),
        ..IncomingMessage::default()
    };
    let chat = ChatInfo::new(channel.id, &*inbound.from);
    let sender = Sender::new(&*inbound.from, &*inbound.from);
    inbound::receive(tx, channel, PlatformEvent::message(sender, chat, message))
}

fn from_number(config: &Value) -> Result<&str, ChannelError> {
    let number = config
        .get("from")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let digits = number.strip_prefix('+').unwrap_or_default();
    if (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        Ok(number)
    } else {
        let what = "`from` must be a telephone number such as `+49301234567`";
        Err(ChannelError(what.to_owned()))
    }
}
