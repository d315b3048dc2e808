//! A request: the task that an incoming message becomes.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::text_enum::text_enum;
use crate::{
    AccountId, CategoryId, ChannelId, ChatId, MemberId, MessageId, RequestId, UtcTime, schema,
};

text_enum! {
    /// How far a request has come.
    pub enum RequestStatus ("request status") {
        /// Stored, and not looked at yet.
        Pending => "PENDING",
        /// Its person is being found.
        Identifying => "IDENTIFYING",
        /// Its category is being found.
        Categorizing => "CATEGORIZING",
        /// Its writer was sent the list of categories to choose from.
        CategoryListSent => "CATEGORY_LIST_SENT",
        /// Ready for its bot, or waiting to try it again.
        Queued => "QUEUED",
        /// With its bot.
        Processing => "PROCESSING",
        /// Answered.
        Completed => "COMPLETED",
        /// Given up, with the reason in `error`.
        Failed => "FAILED",
    }
}

/// The task that an incoming message becomes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_requests)]
// One text for every row, so that the statement is prepared once.
#[diesel(treat_none_as_default_value = false)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The message it came from.
    pub message_id: MessageId,
    /// The chat of that message: requests of one chat are handled one at a time, in order.
    pub chat_id: ChatId,
    /// Who asks.
    pub account_id: AccountId,
    /// The channel it came through.
    pub channel_id: ChannelId,
    /// The person who asks, where known.
    pub member_id: Option<MemberId>,
    /// Its category, where it has one.
    pub category_id: Option<CategoryId>,
    /// How far it has come.
    pub status: RequestStatus,
    /// What is asked, in a line for people.
    pub display_text: String,
    /// An e-mail address of the requester, where known.
    pub email: Option<String>,
    /// A telephone number of the requester, where known.
    pub phone: Option<String>,
    /// What went wrong at the last attempt.
    pub error: Option<String>,
    /// An object of the pipeline's and the bots' own.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Value,
    /// The request that this one follows.
    pub parent_request_id: Option<RequestId>,
    /// The first request of that chain.
    pub initial_request_id: Option<RequestId>,
    /// How often it was claimed. Only the holder of the newest attempt may finish it.
    pub attempts: i32,
    /// When it may be claimed next; while claimed, when the claim runs out; none once it has ended.
    pub due_at: Option<UtcTime>,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it last changed.
    pub updated_at: UtcTime,
    /// When it became PENDING.
    pub pending_at: Option<UtcTime>,
    /// When it became IDENTIFYING.
    pub identifying_at: Option<UtcTime>,
    /// When it became CATEGORIZING.
    pub categorizing_at: Option<UtcTime>,
    /// When it became CATEGORY_LIST_SENT.
    pub category_list_sent_at: Option<UtcTime>,
    /// When it became QUEUED.
    pub queued_at: Option<UtcTime>,
    /// When it became PROCESSING.
    pub processing_at: Option<UtcTime>,
    /// When it became COMPLETED.
    pub completed_at: Option<UtcTime>,
    /// When it became FAILED.
    pub failed_at: Option<UtcTime>,
    /// Attempts made before it was last put back into the queue. They no longer count.
    pub attempts_before: i32,
    /// Answers of language models that went into it.
    pub llm_calls: i32,
    /// Tokens that those took, of prompts and answers.
    pub llm_tokens: i64,
}

impl Request {
    /// Takes it to `status`, and notes when.
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

    /// Writes a line for people into `metadata.notes`: what the pipeline found out and could not act on.
    pub fn note(&mut self, line: impl Into<String>) {
        if !self.metadata.is_object() {
            self.metadata = Value::Object(serde_json::Map::new());
        }
        if !self.metadata["notes"].is_array() {
            self.metadata["notes"] = Value::Array(Vec::new());
        }
        if let Some(notes) = self.metadata["notes"].as_array_mut() {
            let line = Value::String(line.into());
            // An attempt that is made again finds the same again.
            if !notes.contains(&line) {
                notes.push(line);
            }
        }
    }
}
