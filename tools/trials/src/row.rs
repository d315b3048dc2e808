//! One figure of a report.

use std::borrow::Cow;

use serde::Serialize;

/// One figure.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: Cow<'static, str>,
    pub figure: u64,
    /// The goal. `None` if the figure only reports how much was tried.
    pub goal: Option<Goal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtLeast(u64),
    AtMost(u64),
}

impl Row {
    /// Creates a figure without a goal, which reports how much was tried.
    pub fn info(name: impl Into<Cow<'static, str>>, figure: u64) -> Self {
        Self {
            name: name.into(),
            figure,
            goal: None,
        }
    }

    /// Creates a figure that must be 0.
    pub fn none(name: impl Into<Cow<'static, str>>, figure: u64) -> Self {
        Self {
            name: name.into(),
            figure,
            goal: Some(Goal::AtMost(0)),
        }
    }

    /// Creates a figure that must not be 0, because the trial would prove nothing.
    pub fn some(name: impl Into<Cow<'static, str>>, figure: u64) -> Self {
        Self {
            name: name.into(),
            figure,
            goal: Some(Goal::AtLeast(1)),
        }
    }

    /// Sets the goal.
    #[must_use]
    pub fn with_goal(self, goal: Goal) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    pub fn is_met(&self) -> bool {
        match self.goal {
            Some(Goal::AtLeast(least)) => self.figure >= least,
            Some(Goal::AtMost(most)) => self.figure <= most,
            None => true,
        }
    }
}
