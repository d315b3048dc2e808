//! A request to the fake server, and its response.

pub(super) struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub range: Option<String>,
    pub body: Vec<u8>,
}

pub(super) struct Response {
    pub status: &'static str,
    pub headers: String,
    pub body: Vec<u8>,
}

pub(super) fn response(status: &'static str, body: impl Into<Vec<u8>>) -> Response {
    Response {
        status,
        headers: "ETag: \"e\"\r\n".to_owned(),
        body: body.into(),
    }
}
