//! A platform for text messages (SMS), to show what a new platform takes: one trait, and one function for what comes in.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use unicom_core::{
    CoreError, IncomingMessage, Platform,
    inbound::{Appended, IngestedAccount, IngestedChat, IngestedMessage, ingest},
    platform::{Capabilities, ChannelError, DeliveryError, DeliveryJob, DeliveryReceipt},
};
use unicom_db::Tx;
use unicom_models::{Channel, PlatformKind};

/// Text messages through a gateway. A channel is `{"from": "+49301234567"}`, the number that it writes from.
#[derive(Debug)]
pub struct Sms {
    /// Stands for the provider's HTTP API.
    pub gateway: UnboundedSender<Text>,
}

/// A text message as the gateway takes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The number of the channel.
    pub from: String,
    /// The number of the customer.
    pub to: String,
    /// What is written.
    pub text: String,
    /// The sender's own name for it: a gateway sends what it has seen under a name only once.
    pub reference: String,
}

impl Platform for Sms {
    fn kind(&self) -> PlatformKind {
        "Sms".into()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { local: false }
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        from_number(config).map(|_| ())
    }

    fn deliver(
        &self,
        outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryError>> {
        async move {
            let permanent = |error: ChannelError| DeliveryError::Permanent(error.to_string());
            let reference = outgoing.message.id.to_string();
            let text = Text {
                from: from_number(&outgoing.channel.config)
                    .map_err(permanent)?
                    .to_owned(),
                to: customer_of(outgoing.chat.id.as_str()).to_owned(),
                text: outgoing.message.text,
                reference: reference.clone(),
            };
            let sent = self.gateway.send(text);
            sent.map_err(|_| DeliveryError::Temporary("the gateway is down".to_owned()))?;
            Ok(DeliveryReceipt::Accepted {
                provider_message_id: format!("sms-{reference}"),
            })
        }
        .boxed()
    }
}

/// What the gateway posts when a customer writes. (Check its signature before you believe it.)
#[derive(Debug, Deserialize)]
pub struct Inbound {
    id: String,
    from: String,
    text: String,
}

/// Stores what a customer wrote, with account, chat and request. The gateway may tell the same thing twice.
///
/// # Errors
/// Those of [`ingest`].
pub fn receive(
    tx: &mut Tx<'_>,
    channel: &Channel,
    inbound: Inbound,
) -> Result<Option<Appended>, CoreError> {
    let ingested = IngestedMessage {
        account: IngestedAccount {
            id: format!("sms_{}", inbound.from).into(),
            name: inbound.from.clone(),
            is_bot: false,
            raw: json!({}),
        },
        chat: IngestedChat {
            id: format!("sms_{}_{}", channel.id, inbound.from).into(),
            name: None,
            is_private: true,
        },
        message: IncomingMessage {
            text: inbound.text,
            client_message_id: Some(inbound.id.clone()),
            provider_message_id: Some(inbound.id),
            ..IncomingMessage::default()
        },
    };
    ingest(tx, channel, ingested)
}

/// A chat's id ends with the customer's number.
fn customer_of(chat_id: &str) -> &str {
    chat_id.rsplit('_').next().unwrap_or(chat_id)
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
