//! Reports of trials: figures as a Markdown table or as JSON.

use serde::Serialize;

use crate::row::{Goal, Row};
use crate::verdict::Verdict;

#[derive(Debug, Serialize)]
pub struct Report {
    /// The trial and the database engine.
    pub title: String,
    /// The random seed that repeats the trial's choices. `None` if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    pub rows: Vec<Row>,
    /// Descriptions of the first problems.
    pub complaints: Vec<String>,
}

impl Report {
    /// Creates a report of the trial's figures, followed by those that compare acknowledged with
    /// stored messages.
    pub fn new(title: &str, seed: Option<u64>, mut rows: Vec<Row>, verdict: Verdict) -> Self {
        rows.extend(verdict.rows());
        Self {
            title: title.to_owned(),
            seed,
            rows,
            complaints: verdict.into_complaints(),
        }
    }

    /// Returns `true` if every figure meets its goal.
    pub fn is_met(&self) -> bool {
        self.rows.iter().all(Row::is_met)
    }

    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            let seed = self.seed.map(|seed| format!(", seed {seed}"));
            let seed = seed.unwrap_or_default();
            println!("{}{seed}\n\n{}", self.title, self.table());
        }
        for complaint in &self.complaints {
            eprintln!("{complaint}");
        }
        Ok(())
    }

    /// Renders a Markdown table.
    fn table(&self) -> String {
        let mut table = String::from("| figure | | must be |\n| --- | --- | --- |\n");
        for row in &self.rows {
            let goal = match row.goal {
                None => String::new(),
                Some(Goal::AtMost(0)) => "0".to_owned(),
                Some(Goal::AtMost(most)) => format!("at most {}", with_thousands(most)),
                Some(Goal::AtLeast(least)) => format!("at least {}", with_thousands(least)),
            };
            let missed = if row.is_met() { "" } else { ": **missed**" };
            let (name, figure) = (&row.name, with_thousands(row.figure));
            table += &format!("| {name} | {figure} | {goal}{missed} |\n");
        }
        table
    }
}

fn with_thousands(figure: u64) -> String {
    let digits = figure.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_goals_are_marked() {
        let rows = vec![
            Row::info("kills", 1200),
            Row::none("lost", 0),
            Row::some("lost without syncs", 0),
        ];
        let mut report = Report {
            title: "Kills".to_owned(),
            seed: Some(1),
            rows,
            complaints: Vec::new(),
        };
        assert!(!report.is_met());
        assert_eq!(
            report.table(),
            "| figure | | must be |\n| --- | --- | --- |\n\
             | kills | 1,200 |  |\n| lost | 0 | 0 |\n| lost without syncs | 0 | at least 1: **missed** |\n"
        );
        report.rows[2].figure = 3;
        assert!(report.is_met());
        report.rows[1].figure = 1;
        assert!(!report.is_met());
    }
}
