//! HTTP responses, parsed from bytes as they arrive.

use anyhow::{Context, bail};

/// The maximum size of a response's head, in bytes. A longer head is an error.
const LONGEST_HEAD: usize = 64 << 10;

/// A complete response.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    head: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// The length of the response in bytes, head and body.
    pub length: usize,
}

impl<'a> Answer<'a> {
    /// Parses the response at the beginning of `bytes`. Returns `None` if it is incomplete.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are not a valid response, if the head is too long, or if the length of
    /// the body is unknown.
    pub fn parse(bytes: &'a [u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            anyhow::ensure!(bytes.len() < LONGEST_HEAD, "the answer's head has no end");
            return Ok(None);
        };
        let head = std::str::from_utf8(&bytes[..end])?;
        let rest = &bytes[end + 4..];
        let status = status(head)?;
        let body = if matches!(status, 204 | 304) {
            Some(&rest[..0])
        } else if let Some(length) = header(head, "content-length") {
            rest.get(..length.parse()?)
        } else {
            bail!("the answer does not say how long it is: {head}");
        };
        Ok(body.map(|body| Self {
            status,
            head,
            body,
            length: end + 4 + body.len(),
        }))
    }

    /// Returns an error that quotes the body unless the response has this status.
    pub fn expect_status(&self, status: u16) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.status == status,
            "the server answered {} instead of {status}: {}",
            self.status,
            String::from_utf8_lossy(self.body)
        );
        Ok(())
    }

    /// Returns the value of the first header with this name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    /// Returns the value of the cookie that the response sets under this name.
    pub fn cookie(&self, name: &str) -> Option<&'a str> {
        headers(self.head)
            .filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, cookie)| cookie.split(';').next()?.split_once('='))
            .find_map(|(cookie, value)| (cookie == name).then_some(value))
    }
}

fn status(head: &str) -> anyhow::Result<u16> {
    let code = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    let code = code.with_context(|| format!("this is no answer: {head}"))?;
    Ok(code.parse()?)
}

fn headers(head: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = head.split("\r\n").skip(1);
    lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name, value.trim()))
    })
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    headers(head).find_map(|(header, value)| header.eq_ignore_ascii_case(name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [&str; 2] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\r\nhello",
        "HTTP/1.1 304 Not Modified\r\netag: \"x\"\r\n\r\n",
    ];

    #[test]
    fn complete_responses_are_parsed() {
        for whole in WHOLE {
            for part in 0..whole.len() {
                let read = Answer::parse(&whole.as_bytes()[..part]).unwrap();
                assert!(read.is_none(), "{part} bytes of {whole}");
            }
            let with_next = format!("{whole}HTTP/1.1 200 OK\r\n");
            let answer = Answer::parse(with_next.as_bytes()).unwrap().unwrap();
            assert_eq!(answer.length, whole.len());
            let expected: &[u8] = match answer.status {
                200 => b"hello",
                _ => b"",
            };
            assert_eq!(answer.body, expected);
        }
    }

    #[test]
    fn headers_and_cookies_are_parsed() {
        let answer = Answer::parse(WHOLE[0].as_bytes()).unwrap().unwrap();
        assert_eq!(answer.header("content-length"), Some("5"));
        assert_eq!(
            (answer.cookie("a"), answer.cookie("b")),
            (Some("1"), Some("2"))
        );
        assert_eq!(answer.cookie("c"), None);
    }

    #[test]
    fn invalid_responses_are_rejected() {
        for wrong in [
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ] {
            assert!(Answer::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let refused = "HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nwhy?";
        let refused = Answer::parse(refused.as_bytes()).unwrap().unwrap();
        let error = refused.expect_status(200).unwrap_err().to_string();
        assert_eq!(error, "the server answered 403 instead of 200: why?");
    }
}
