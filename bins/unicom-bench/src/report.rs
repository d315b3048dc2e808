//! Reports: rows of figures as a table for people, or as JSON.

use serde::Serialize;

use crate::spread::Spread;

/// What was measured, of one scenario.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The scenario, and what it was measured on.
    pub title: String,
    /// Its figures.
    pub rows: Vec<Row>,
}

/// One figure over all pairs of runs.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// Of unicom.
    pub subject: Spread,
    /// Of the bare limit, where there is one.
    pub limit: Option<Spread>,
    /// Of each pair's subject divided by its limit.
    pub ratio: Option<Spread>,
}

impl Row {
    /// A figure beside its limit, pair by pair.
    pub fn paired(name: &str, unit: &'static str, subject: &[f64], limit: &[f64]) -> Self {
        let ratios = subject
            .iter()
            .zip(limit)
            .map(|(subject, limit)| subject / limit);
        Self {
            name: name.to_owned(),
            unit,
            subject: Spread::of(subject.to_vec()),
            limit: Some(Spread::of(limit.to_vec())),
            ratio: Some(Spread::of(ratios.collect())),
        }
    }
}

impl Report {
    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        println!("{}\n", self.title);
        println!("| figure | unicom | bare limit | ratio |");
        println!("| --- | --- | --- | --- |");
        for row in &self.rows {
            let figure = |spread: &Spread| {
                format!(
                    "{:.0} ({:.0}–{:.0}) {}",
                    spread.median, spread.least, spread.most, row.unit
                )
            };
            println!(
                "| {} | {} | {} | {} |",
                row.name,
                figure(&row.subject),
                row.limit.as_ref().map(figure).unwrap_or_default(),
                row.ratio.as_ref().map_or_else(String::new, |ratio| format!(
                    "{:.2} ({:.2}–{:.2})",
                    ratio.median, ratio.least, ratio.most
                )),
            );
        }
        Ok(())
    }
}
