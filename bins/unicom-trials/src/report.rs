//! What a trial came to: figures as a table for people, or as JSON.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Report {
    /// The trial, and what it was run on.
    pub title: String,
    /// What makes the same choices again.
    pub seed: u64,
    pub rows: Vec<Row>,
    /// What was wrong, in words; the first ones only.
    pub complaints: Vec<String>,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: &'static str,
    pub figure: u64,
    /// What it must be; none where it only says how much was tried.
    pub goal: Option<Goal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Zero,
    AtLeastOne,
}

impl Row {
    /// A figure that says how much was tried.
    pub fn told(name: &'static str, figure: u64) -> Self {
        Self {
            name,
            figure,
            goal: None,
        }
    }

    /// A figure that must be 0.
    pub fn none(name: &'static str, figure: u64) -> Self {
        Self {
            name,
            figure,
            goal: Some(Goal::Zero),
        }
    }

    /// A figure that must not be 0, since the trial would prove nothing.
    pub fn some(name: &'static str, figure: u64) -> Self {
        Self {
            name,
            figure,
            goal: Some(Goal::AtLeastOne),
        }
    }

    fn is_met(&self) -> bool {
        match self.goal {
            Some(Goal::Zero) => self.figure == 0,
            Some(Goal::AtLeastOne) => self.figure > 0,
            None => true,
        }
    }
}

impl Report {
    /// Whether every figure is as it must be.
    pub fn is_met(&self) -> bool {
        self.rows.iter().all(Row::is_met)
    }

    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            println!("{}, seed {}\n\n{}", self.title, self.seed, self.table());
        }
        for complaint in &self.complaints {
            eprintln!("{complaint}");
        }
        Ok(())
    }

    /// A table in Markdown.
    fn table(&self) -> String {
        let mut table = String::from("| figure | | must be |\n| --- | --- | --- |\n");
        for row in &self.rows {
            let goal = match (row.goal, row.is_met()) {
                (None, _) => "",
                (Some(Goal::Zero), true) => "0",
                (Some(Goal::Zero), false) => "0: **missed**",
                (Some(Goal::AtLeastOne), true) => "at least 1",
                (Some(Goal::AtLeastOne), false) => "at least 1: **missed**",
            };
            let (name, figure) = (row.name, with_thousands(row.figure));
            table += &format!("| {name} | {figure} | {goal} |\n");
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
    fn a_missed_figure_is_told() {
        let rows = vec![
            Row::told("kills", 1200),
            Row::none("lost", 0),
            Row::some("lost without syncs", 0),
        ];
        let mut report = Report {
            title: "Kills".to_owned(),
            seed: 1,
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
