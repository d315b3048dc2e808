//! `ScriptedBot`: a bot that writes what a test tells it to.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;
use unicom_core::Bots;
use unicom_core::bots::{BotContext, BotError, Outcome, ReplySinkError};

use crate::app::PATIENCE;

/// What the bot does next.
enum Step {
    Push(String),
    Finish,
    Fail,
}

/// What the bot reports.
#[derive(Debug, PartialEq)]
pub enum Report {
    /// It was asked, in the process with this name.
    Asked(&'static str),
    /// It was told that its reply was stopped.
    Stopped,
}

/// A bot that writes what a test tells it to, in several processes.
pub struct ScriptedBot {
    steps: mpsc::UnboundedSender<Step>,
    reports: mpsc::UnboundedReceiver<Report>,
    waiting: Arc<Mutex<mpsc::UnboundedReceiver<Step>>>,
    report: mpsc::UnboundedSender<Report>,
}

impl ScriptedBot {
    pub fn new() -> Self {
        let (steps, waiting) = mpsc::unbounded_channel();
        let (report, reports) = mpsc::unbounded_channel();
        Self {
            steps,
            reports,
            waiting: Arc::new(Mutex::new(waiting)),
            report,
        }
    }

    /// Returns the bot as `echo`, for the process with this name.
    pub fn bots(&self, process: &'static str) -> Bots {
        let (steps, report) = (Arc::clone(&self.waiting), self.report.clone());
        Bots::default().with("echo", move |context: BotContext| {
            let (steps, report) = (Arc::clone(&steps), report.clone());
            async move {
                report.send(Report::Asked(process)).unwrap();
                let reply = &context.reply;
                loop {
                    let mut steps = steps.lock().await;
                    let step = tokio::select! {
                        step = steps.recv() => step,
                        () = reply.stopped() => {
                            assert_eq!(reply.push("too late"), Err(ReplySinkError::Stopped));
                            report.send(Report::Stopped).unwrap();
                            return Ok(Outcome::text("whatever"));
                        }
                    };
                    match step {
                        Some(Step::Push(text)) => reply.push(&text)?,
                        Some(Step::Finish) => return Ok(reply.finish()),
                        Some(Step::Fail) | None => {
                            return Err(BotError::Temporary("it was told to fail".to_owned()));
                        }
                    }
                }
            }
        })
    }

    pub fn push(&self, text: &str) {
        self.steps.send(Step::Push(text.to_owned())).unwrap();
    }

    pub fn finish(&self) {
        self.steps.send(Step::Finish).unwrap();
    }

    pub fn fail(&self) {
        self.steps.send(Step::Fail).unwrap();
    }

    /// Waits until the bot is asked. Returns the name of the process.
    pub async fn asked(&mut self) -> &'static str {
        match self.next().await {
            Report::Asked(process) => process,
            report => panic!("{report:?}"),
        }
    }

    /// Waits until the bot is told that its reply was stopped.
    pub async fn is_stopped(&mut self) {
        assert_eq!(self.next().await, Report::Stopped);
    }

    async fn next(&mut self) -> Report {
        let report = timeout(PATIENCE, self.reports.recv()).await;
        report.expect("the bot reported nothing").unwrap()
    }
}
