//! Requests: the tasks that incoming messages become.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::text_enum::text_enum;
use crate::{
    Account, AccountId, CategoryId, ChannelId, ChatId, MemberId, Message, MessageId, RequestId,
    UtcTime, schema,
};

text_enum! {
    /// The status of a request.
    pub enum RequestStatus ("request status") {
        /// Stored, not yet processed.
        Pending => "PENDING",
        /// Finding the member behind the account.
        Identifying => "IDENTIFYING",
        /// Finding the category.
        Categorizing => "CATEGORIZING",
        /// The requester was sent the list of categories to choose from.
        CategoryListSent => "CATEGORY_LIST_SENT",
        /// Ready for its bot, or waiting for a retry.
        Queued => "QUEUED",
        /// Being answered by its bot.
        Processing => "PROCESSING",
        /// Answered.
        Completed => "COMPLETED",
        /// Given up. The reason is in `error`.
        Failed => "FAILED",
    }
}

/// The task that an incoming message becomes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_requests)]
// Always sends every column: the SQL text is the same for every row and is prepared only once.
#[diesel(treat_none_as_default_value = false)]
#[non_exhaustive]
pub struct Request {
    /// The id of the request.
    pub id: RequestId,
    /// The message the request came from.
    pub message_id: MessageId,
    /// The chat of that message. Requests of one chat are handled one at a time, in order.
    pub chat_id: ChatId,
    /// The account of the requester.
    pub account_id: AccountId,
    /// The channel the request came through.
    pub channel_id: ChannelId,
    /// The member behind the account, if known.
    pub member_id: Option<MemberId>,
    /// The category of the request, if it has one.
    pub category_id: Option<CategoryId>,
    /// The status of the request.
    pub status: RequestStatus,
    /// The request in one line, for display.
    pub display_text: String,
    /// An e-mail address of the requester, if known.
    pub email: Option<String>,
    /// A telephone number of the requester, if known.
    pub phone: Option<String>,
    /// The error of the last attempt.
    pub error: Option<String>,
    /// Data of the pipeline and the bots. An object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Value,
    /// The request that this one follows.
    pub parent_request_id: Option<RequestId>,
    /// The first request of that chain.
    pub initial_request_id: Option<RequestId>,
    /// Number of times the request was claimed. Only the worker with the newest claim may finish
    /// it.
    pub attempts: i32,
    /// When the request may be claimed next or, while it is claimed, when the claim expires. Absent
    /// once the request has ended.
    pub due_at: Option<UtcTime>,
    /// When the request was created.
    pub created_at: UtcTime,
    /// When the request was last changed.
    pub updated_at: UtcTime,
    /// When the request became PENDING.
    pub pending_at: Option<UtcTime>,
    /// When the request became IDENTIFYING.
    pub identifying_at: Option<UtcTime>,
    /// When the request became CATEGORIZING.
    pub categorizing_at: Option<UtcTime>,
    /// When the request became CATEGORY_LIST_SENT.
    pub category_list_sent_at: Option<UtcTime>,
    /// When the request became QUEUED.
    pub queued_at: Option<UtcTime>,
    /// When the request became PROCESSING.
    pub processing_at: Option<UtcTime>,
    /// When the request became COMPLETED.
    pub completed_at: Option<UtcTime>,
    /// When the request became FAILED.
    pub failed_at: Option<UtcTime>,
    /// Attempts made before the request was last requeued. They no longer count.
    pub attempts_before: i32,
    /// Number of language model calls made for the request.
    pub llm_calls: i32,
    /// Tokens used by those calls, of prompts and answers.
    pub llm_tokens: i64,
}

impl Request {
    /// Number of characters of a message's text in the display text of its request.
    const DISPLAY_CHARACTERS: usize = 200;

    /// Creates the request that a message of `account` becomes, to be claimed from `due` on.
    pub fn new(message: &Message, account: &Account, due: UtcTime) -> Self {
        let line = if message.text.is_empty() {
            message.media_name.as_deref().unwrap_or_default()
        } else {
            &message.text
        };
        Self {
            id: RequestId::new(),
            message_id: message.id,
            chat_id: message.chat_id.clone(),
            account_id: account.id.clone(),
            channel_id: message.channel_id,
            member_id: account.member_id,
            category_id: None,
            status: RequestStatus::Pending,
            display_text: Self::display_text(line),
            email: None,
            phone: None,
            error: None,
            metadata: Value::Object(Map::new()),
            parent_request_id: None,
            initial_request_id: None,
            attempts: 0,
            due_at: Some(due),
            created_at: message.timestamp,
            updated_at: message.timestamp,
            pending_at: Some(message.timestamp),
            identifying_at: None,
            categorizing_at: None,
            category_list_sent_at: None,
            queued_at: None,
            processing_at: None,
            completed_at: None,
            failed_at: None,
            attempts_before: 0,
            llm_calls: 0,
            llm_tokens: 0,
        }
    }

    /// Returns the display text of the request that a message with this text becomes.
    pub fn display_text(text: &str) -> String {
        text.chars().take(Self::DISPLAY_CHARACTERS).collect()
    }

    /// Sets the status and the time it was reached.
    pub fn reach(&mut self, status: RequestStatus, now: UtcTime) {
        self.status = status;
        let at = match status {
            RequestStatus::Pending => &mut self.pending_at,
            RequestStatus::Identifying => &mut self.identifying_at,
            RequestStatus::Categorizing => &mut self.categorizing_at,
            RequestStatus::CategoryListSent => &mut self.category_list_sent_at,
            RequestStatus::Queued => &mut self.queued_at,
            RequestStatus::Processing => &mut self.processing_at,
            RequestStatus::Completed => &mut self.completed_at,
            RequestStatus::Failed => &mut self.failed_at,
        };
        *at = Some(now);
    }

    /// Adds a line for people to `metadata.notes`: something that the pipeline found out and could
    /// not act on.
    ///
    /// A line that is already there is not added again.
    pub fn note(&mut self, line: impl Into<String>) {
        if !self.metadata.is_object() {
            self.metadata = Value::Object(Map::new());
        }
        if !self.metadata["notes"].is_array() {
            self.metadata["notes"] = Value::Array(Vec::new());
        }
        if let Some(notes) = self.metadata["notes"].as_array_mut() {
            let line = Value::String(line.into());
            // A retry finds the same thing again.
            if !notes.contains(&line) {
                notes.push(line);
            }
        }
    }
}
