//! `Form`: a `multipart/form-data` body, written byte by byte so that tests can write an invalid
//! one.

const BOUNDARY: &str = "----boundary7f3a";

#[derive(Debug, Default)]
pub struct Form {
    body: Vec<u8>,
}

impl Form {
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(&format!("form-data; name=\"{name}\""), "", value.as_bytes())
    }

    pub fn file(self, name: &str, file_name: &str, bytes: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
        self.part(&disposition, "application/octet-stream", bytes)
    }

    /// Adds a part with any disposition and claimed type. Omits the type if `kind` is empty.
    pub fn part(mut self, disposition: &str, kind: &str, bytes: &[u8]) -> Self {
        let mut head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n");
        if !kind.is_empty() {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// Adds a part with these headers, in any encoding.
    pub fn raw_part(mut self, headers: &[u8], bytes: &[u8]) -> Self {
        let start = format!("--{BOUNDARY}\r\n");
        let part = [start.as_bytes(), headers, b"\r\n\r\n", bytes, b"\r\n"];
        self.body.extend_from_slice(&part.concat());
        self
    }

    /// Returns the content type and the body.
    pub fn finish(mut self) -> (String, Vec<u8>) {
        self.body
            .extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (kind(), self.body)
    }

    /// Returns the content type and the body without its end.
    pub fn finish_truncated(mut self) -> (String, Vec<u8>) {
        self.body.truncate(self.body.len().saturating_sub(4));
        (kind(), self.body)
    }
}

fn kind() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}
