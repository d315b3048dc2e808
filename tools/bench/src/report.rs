//! Reports: rows of figures as a Markdown table or as JSON.

use serde::Serialize;

use crate::run::{Pairs, Run};
use crate::summary::Range;

/// The results of one scenario.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The scenario, the database engine and the machine.
    pub title: String,
    /// The figures.
    pub rows: Vec<Row>,
}

/// One figure over all pairs of runs.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The name of the figure.
    pub name: String,
    /// The unit.
    pub unit: &'static str,
    /// The figure for unicom.
    pub subject: Range,
    /// The figure for the bare limit, if there is one.
    pub limit: Option<Range>,
    /// The subject divided by the limit, for each pair.
    pub ratio: Option<Range>,
    /// The goal for the ratio, or for the figure itself if there is no limit.
    pub goal: Option<Goal>,
    /// Whether the median meets the goal.
    pub is_met: Option<bool>,
    /// The CPU time of the whole server per request, in microseconds.
    pub cpu_us: Option<Range>,
    /// The CPU time of the limit's process per request, in microseconds.
    pub limit_cpu_us: Option<Range>,
    /// The median latency of a request, in microseconds.
    pub p50_us: Option<Range>,
    /// The 99th percentile of the latency, in microseconds.
    pub p99_us: Option<Range>,
}

/// The goal of a figure.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Row {
    /// Creates a row for a figure without a limit.
    pub fn single(name: impl Into<String>, unit: &'static str, figures: &[f64]) -> Self {
        Self {
            name: name.into(),
            unit,
            subject: Range::of(figures.to_vec()),
            limit: None,
            ratio: None,
            goal: None,
            is_met: None,
            cpu_us: None,
            limit_cpu_us: None,
            p50_us: None,
            p99_us: None,
        }
    }

    /// Creates a row for a figure and its limit, pair by pair.
    pub fn paired(
        name: impl Into<String>,
        unit: &'static str,
        subject: &[f64],
        limit: &[f64],
    ) -> Self {
        let ratios = subject
            .iter()
            .zip(limit)
            .map(|(subject, limit)| subject / limit);
        Self {
            limit: Some(Range::of(limit.to_vec())),
            ratio: Some(Range::of(ratios.collect())),
            ..Self::single(name, unit, subject)
        }
    }

    /// Creates a row for a rate per second and its limit, with latencies and CPU times per request.
    pub fn rates(name: impl Into<String>, pairs: &Pairs) -> Self {
        let rates = |runs: &[Run]| runs.iter().map(|run| run.rate).collect::<Vec<_>>();
        let latency = |figure: fn(&Run) -> Option<f64>| spread_of(&pairs.subject, figure);
        Self {
            cpu_us: spread_of(&pairs.subject, |run| run.cpu_us),
            limit_cpu_us: spread_of(&pairs.limit, |run| run.cpu_us),
            p50_us: latency(|run| Some(run.latency?.p50_us)),
            p99_us: latency(|run| Some(run.latency?.p99_us)),
            ..Self::paired(name, "/s", &rates(&pairs.subject), &rates(&pairs.limit))
        }
    }

    /// Creates a row for a rate per second of CPU time and its limit. Returns `None` if the CPU
    /// time is unknown.
    pub fn per_cpu_second(name: impl Into<String>, pairs: &Pairs) -> Option<Self> {
        let rates = |runs: &[Run]| figures(runs, |run| Some(1e6 / run.cpu_us?));
        Some(Self::paired(
            name,
            "/CPU-s",
            &rates(&pairs.subject)?,
            &rates(&pairs.limit)?,
        ))
    }

    /// Adds a goal to the row and evaluates it.
    #[must_use]
    pub fn with_goal(self, goal: Goal) -> Self {
        let median = self.ratio.unwrap_or(self.subject).median;
        Self {
            goal: Some(goal),
            is_met: Some(match goal {
                Goal::AtLeast(least) => median >= least,
                Goal::AtMost(most) => median <= most,
            }),
            ..self
        }
    }
}

/// Renders a column's cell from a row.
type Cell = fn(&Row) -> String;

/// Returns a figure of each run, or `None` if a run does not have it.
fn figures(runs: &[Run], figure: impl Fn(&Run) -> Option<f64>) -> Option<Vec<f64>> {
    runs.iter().map(figure).collect()
}

fn spread_of(runs: &[Run], figure: impl Fn(&Run) -> Option<f64>) -> Option<Range> {
    figures(runs, figure).map(Range::of)
}

impl Report {
    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            println!("{}\n\n{}", self.title, self.table());
        }
        Ok(())
    }

    /// Renders a Markdown table without empty columns.
    fn table(&self) -> String {
        let mut columns = vec![("figure", self.cells(|row| row.name.clone()))];
        let further: [(&str, Cell); 7] = [
            ("unicom", |row| with_range(&row.subject, row.unit)),
            ("limit", |row| {
                text(row.limit.as_ref(), |limit| with_range(limit, row.unit))
            }),
            ("ratio", |row| text(row.ratio.as_ref(), ratio)),
            ("goal", goal),
            ("CPU each", |row| text(row.cpu_us.as_ref(), time)),
            ("CPU each, limit", |row| {
                text(row.limit_cpu_us.as_ref(), time)
            }),
            ("p50, p99", |row| match (&row.p50_us, &row.p99_us) {
                (Some(p50), Some(p99)) => format!("{}, {}", time(p50), time(p99)),
                _ => String::new(),
            }),
        ];
        let further = further.map(|(head, cell)| (head, self.cells(cell)));
        let has_any = |cells: &Vec<String>| cells.iter().any(|cell| !cell.is_empty());
        columns.extend(further.into_iter().filter(|(_, cells)| has_any(cells)));

        let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
        let mut table = line(columns.iter().map(|(head, _)| *head).collect());
        table += &line(vec!["---"; columns.len()]);
        for row in 0..self.rows.len() {
            let cells = columns.iter().filter_map(|(_, cells)| cells.get(row));
            table += &line(cells.map(String::as_str).collect());
        }
        table
    }

    fn cells(&self, cell: impl Fn(&Row) -> String) -> Vec<String> {
        self.rows.iter().map(cell).collect()
    }
}

fn text(spread: Option<&Range>, cell: impl Fn(&Range) -> String) -> String {
    spread.map(cell).unwrap_or_default()
}

fn with_range(spread: &Range, unit: &str) -> String {
    let unit = match unit.strip_prefix('/') {
        Some(_) => unit.to_owned(),
        None => format!(" {unit}"),
    };
    let median = number(spread.median);
    if spread.least == spread.most {
        return format!("{median}{unit}");
    }
    let (least, most) = (number(spread.least), number(spread.most));
    format!("{median}{unit} ({least}–{most})")
}

fn ratio(spread: &Range) -> String {
    let Range {
        median,
        least,
        most,
    } = spread;
    format!("{median:.2} ({least:.2}–{most:.2})")
}

fn goal(row: &Row) -> String {
    let verdict = match row.is_met {
        Some(true) => "met",
        _ => "missed",
    };
    match row.goal {
        Some(Goal::AtLeast(least)) => format!("≥ {least}, {verdict}"),
        Some(Goal::AtMost(most)) => format!("≤ {most}, {verdict}"),
        None => String::new(),
    }
}

/// Formats the median of microseconds, as milliseconds from 1,000 µs on.
fn time(spread: &Range) -> String {
    if spread.median < 1000.0 {
        format!("{} µs", number(spread.median))
    } else {
        format!("{} ms", number(spread.median / 1000.0))
    }
}

/// Formats a number with thousands separators, and with one decimal if it is below 99.95.
pub fn number(figure: f64) -> String {
    if figure < 99.95 {
        return format!("{figure:.1}");
    }
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
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
    fn table_omits_empty_columns() {
        let report = Report {
            title: "Sends".to_owned(),
            rows: vec![
                Row::paired("sends", "/s", &[900.0, 1000.0, 1200.0], &[1000.0; 3])
                    .with_goal(Goal::AtLeast(0.7)),
                Row::single("memory", "MiB", &[15.25]).with_goal(Goal::AtMost(15.0)),
            ],
        };
        assert_eq!(
            report.table(),
            "| figure | unicom | limit | ratio | goal |\n\
             | --- | --- | --- | --- | --- |\n\
             | sends | 1,000/s (900–1,200) | 1,000/s | 1.00 (0.90–1.20) | ≥ 0.7, met |\n\
             | memory | 15.2 MiB |  |  | ≤ 15, missed |\n"
        );
    }
}
