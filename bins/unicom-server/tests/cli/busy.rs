//! Visitors who write to a server without a pause and record which messages were acknowledged.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::Workspace;

/// Number of writers.
const WRITERS: usize = 8;

pub struct Busy {
    server: Option<Arc<Server>>,
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<()>>,
}

impl Busy {
    pub fn start(home: &Workspace) -> Self {
        let server = Arc::new(Server::serve(home));
        let (acknowledged, stop) = (
            Arc::<Mutex<BTreeSet<String>>>::default(),
            Arc::<AtomicBool>::default(),
        );
        let writers = (0..WRITERS).map(|writer| {
            let (server, acknowledged, stop) = (server.clone(), acknowledged.clone(), stop.clone());
            std::thread::spawn(move || {
                unicom_testing::block_on(async {
                    let visitor = Visitor::of(&server);
                    for number in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let text = format!("w{writer} m{number}");
                        visitor.send(&text).await;
                        acknowledged.lock().unwrap().insert(text);
                    }
                });
            })
        });
        let writers = writers.collect();
        Self {
            server: Some(server),
            acknowledged,
            stop,
            writers,
        }
    }

    /// Returns the messages acknowledged so far.
    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Waits until the writers have sent another ten messages each, on average.
    pub fn go_on(&self) {
        let count = || self.acknowledged.lock().unwrap().len();
        let enough = count() + 10 * WRITERS;
        while count() < enough {
            assert!(
                self.writers.iter().all(|writer| !writer.is_finished()),
                "a writer failed"
            );
            std::thread::yield_now();
        }
    }

    /// Stops the writers and the server.
    pub fn stop(mut self) {
        for result in self.end_writers() {
            result.unwrap();
        }
        let server = self.server.take().and_then(Arc::into_inner);
        assert_eq!(server.unwrap().terminate(), Some(0));
    }

    fn end_writers(&mut self) -> Vec<std::thread::Result<()>> {
        self.stop.store(true, Ordering::Relaxed);
        self.writers.drain(..).map(JoinHandle::join).collect()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // Each writer keeps the server alive, so it would outlive a failed test.
        self.end_writers();
    }
}

/// Returns the texts of visitors' messages in an export.
pub fn texts_in(export: &str) -> BTreeSet<String> {
    let text = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let is_incoming =
            line["table"] == "unicom_messages" && line["row"]["direction"] == "incoming";
        is_incoming.then(|| line["row"]["text"].as_str().unwrap().to_owned())
    };
    export.lines().filter_map(text).collect()
}
