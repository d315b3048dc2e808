//! Tests of texts: their spellings, what cannot be seen in them, and searches for them.

mod bodies;
mod empty;
mod html;
mod passwords;
mod same_answers;
mod search;
mod titles;

const CHATS: &str = "/unicom/webchat/chats/";

const SEND: &str = "/unicom/webchat/send/";

const REGISTER: &str = "/unicom/auth/register/";

const LOGIN: &str = "/unicom/auth/login/";
