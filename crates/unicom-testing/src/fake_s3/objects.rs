//! The stored objects and the responses to requests for them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::message::{Request, Response, response};

pub(super) type Parts = BTreeMap<u32, Vec<u8>>;

#[derive(Debug, Default)]
pub(super) struct State {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub uploads: BTreeMap<String, Parts>,
    /// Number of uploads ever begun, so that ids are not reused.
    begun: u32,
    pub refused_part: Option<u32>,
    pub refuses_deletions: bool,
    pub heads: Vec<String>,
}

impl State {
    /// Returns the response, or `None` for a request that no media store sends.
    pub fn handle(&mut self, request: Request) -> Option<Response> {
        let parameter = |name: &str| {
            let mut pairs = request
                .query
                .split('&')
                .filter_map(|pair| pair.split_once('='));
            pairs.find_map(|(key, value)| (key == name).then(|| value.replace("%2F", "/")))
        };
        let (upload, part) = (parameter("uploadId"), parameter("partNumber"));
        let path = request.path;
        let answered = match (request.method.as_str(), upload, part) {
            ("POST", None, None) => {
                self.begun += 1;
                let id = format!("u{}", self.begun);
                let xml = format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                self.uploads.insert(id, Parts::new());
                response("200 OK", xml)
            }
            ("PUT", Some(id), Some(part)) => {
                let part: u32 = part.parse().ok()?;
                if self.refused_part == Some(part) {
                    return Some(response("403 Forbidden", ""));
                }
                self.uploads.get_mut(&id)?.insert(part, request.body);
                response("200 OK", "")
            }
            ("POST", Some(id), None) => {
                let parts = self.uploads.remove(&id)?;
                let whole: Vec<Vec<u8>> = parts.into_values().collect();
                self.objects.insert(path, whole.concat());
                response(
                    "200 OK",
                    "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
                )
            }
            ("DELETE", Some(id), None) => {
                self.uploads.remove(&id)?;
                response("204 No Content", "")
            }
            ("PUT", None, None) => {
                self.objects.insert(path, request.body);
                response("200 OK", "")
            }
            ("DELETE", None, None) if self.refuses_deletions => response("403 Forbidden", ""),
            ("DELETE", None, None) => {
                self.objects.remove(&path);
                response("204 No Content", "")
            }
            ("GET", None, None) if parameter("list-type").as_deref() == Some("2") => {
                let after = parameter("continuation-token");
                list(self, &path, &parameter("prefix")?, after.as_deref())
            }
            ("GET", None, None) => match (self.objects.get(&path), request.range) {
                (None, _) => response("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"),
                (Some(file), None) => response("200 OK", file.clone()),
                (Some(file), Some(range)) => partial(file, &range)?,
            },
            _ => return None,
        };
        Some(answered)
    }
}

/// Number of objects on a page of a list. It is small so that lists have several pages.
const PAGE: usize = 2;

fn list(state: &State, bucket: &str, prefix: &str, after: Option<&str>) -> Response {
    let names = state.objects.iter().filter_map(|(path, file)| {
        let name = path.strip_prefix(bucket)?.strip_prefix('/')?;
        name.starts_with(prefix).then_some((name, file.len()))
    });
    let rest: Vec<_> = names
        .filter(|(name, _)| after.is_none_or(|after| *name > after))
        .collect();
    let page = &rest[..rest.len().min(PAGE)];
    let contents: String = page
        .iter()
        .map(|(name, size)| {
            format!(
                "<Contents><Key>{name}</Key><LastModified>2020-01-02T03:04:05.000Z</LastModified><ETag>e</ETag>\
                 <Size>{size}</Size></Contents>"
            )
        })
        .collect();
    let next = match page.last() {
        Some((last, _)) if rest.len() > PAGE => {
            format!("<NextContinuationToken>{last}</NextContinuationToken>")
        }
        _ => String::new(),
    };
    response(
        "200 OK",
        format!("<ListBucketResult>{contents}{next}</ListBucketResult>"),
    )
}

/// Returns the bytes of the range `bytes=FIRST-LAST`.
fn partial(file: &[u8], range: &str) -> Option<Response> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let start: usize = first.parse().ok()?;
    let end = file.len().min(last.parse::<usize>().ok()? + 1);
    let Some(part) = file.get(start..end).filter(|part| !part.is_empty()) else {
        return Some(response("416 Range Not Satisfiable", ""));
    };
    let mut response = response("206 Partial Content", part);
    let content_range = format!(
        "Content-Range: bytes {start}-{}/{}\r\n",
        end - 1,
        file.len()
    );
    response.headers.push_str(&content_range);
    Some(response)
}

pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
