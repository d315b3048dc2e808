//! [`OpeningHours`]: when the people of a channel answer.

mod calendar;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use unicom_models::{Channel, UtcTime};

/// The name of the setting.
pub(crate) const HOURS: &str = "hours";

/// The days of the week, as the setting names them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Maximum number of intervals of a day.
const MOST_INTERVALS: usize = 10;

/// Maximum number of days on which it is closed.
const MOST_CLOSED: usize = 366;

/// Maximum length of the message in characters.
const LONGEST_MESSAGE: usize = 500;

/// The setting `hours` of a channel: when people answer. Visitors may write at any time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OpeningHours {
    /// The time zone of all other settings.
    pub time_zone: Zone,
    /// The hours of each day of the week.
    pub week: Week,
    /// The days on which it is closed the whole day.
    #[serde(default)]
    pub closed: BTreeSet<Day>,
    /// What visitors are told while it is closed.
    pub message: Option<String>,
}

/// A time zone by its name in the IANA time zone database, such as `Europe/Prague`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(TimeZone, String);

/// The hours of each day of the week. A day that is missing is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Week {
    /// Monday.
    pub mon: Vec<Interval>,
    /// Tuesday.
    pub tue: Vec<Interval>,
    /// Wednesday.
    pub wed: Vec<Interval>,
    /// Thursday.
    pub thu: Vec<Interval>,
    /// Friday.
    pub fri: Vec<Interval>,
    /// Saturday.
    pub sat: Vec<Interval>,
    /// Sunday.
    pub sun: Vec<Interval>,
}

/// A part of a day, from one time to another, which no longer belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval(pub TimeOfDay, pub TimeOfDay);

/// A time such as `09:00`, in minutes since midnight. `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// A day such as `2026-12-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

/// Whether it is open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenState {
    /// Whether it is open.
    pub is_open: bool,
    /// When that changes. `None` if it does not within a year.
    pub next_change_at: Option<UtcTime>,
}

impl OpeningHours {
    /// Returns the hours of a channel, or `None` if it has none.
    pub fn of(channel: &Channel) -> Option<Self> {
        let hours = channel.config.get(HOURS).filter(|value| !value.is_null())?;
        match Self::deserialize(hours) {
            Ok(hours) => Some(hours),
            Err(error) => {
                log::error!(
                    "the setting `{HOURS}` of channel {} is invalid: {error}",
                    channel.id
                );
                None
            }
        }
    }

    /// Returns whether it is open at `now`, and when that changes.
    ///
    /// Times that a clock change leaves out are moved behind it, and of those that it repeats, the
    /// first counts.
    ///
    /// ```
    /// use unicom_models::UtcTime;
    /// use unicom_webchat::OpeningHours;
    ///
    /// let hours: OpeningHours = serde_json::from_str(
    ///     r#"{"time_zone": "Europe/Prague", "week": {"mon": [["09:00", "17:00"]]}}"#,
    /// )?;
    /// let monday_at_noon = UtcTime::from_micros(1_796_036_400_000_000).unwrap();
    /// let state = hours.state_at(monday_at_noon);
    /// assert!(state.is_open);
    /// assert_eq!(state.next_change_at.unwrap().to_string(), "2026-11-30T16:00:00.000000Z");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn state_at(&self, now: UtcTime) -> OpenState {
        let Ok(now) = Timestamp::from_microsecond(now.as_micros()) else {
            return OpenState {
                is_open: false,
                next_change_at: None,
            };
        };
        let (is_open, change) = calendar::state_at(&self.time_zone.0, |day| self.on(day), now);
        OpenState {
            is_open,
            next_change_at: change.and_then(|at| UtcTime::from_micros(at.as_microsecond())),
        }
    }

    /// Returns the minutes since midnight at which it opens and closes on a day.
    fn on(&self, day: Date) -> Vec<(u16, u16)> {
        if self.closed.contains(&Day(day)) {
            return Vec::new();
        }
        let intervals = self.week.on(day.weekday()).iter();
        intervals.map(|Interval(from, to)| (from.0, to.0)).collect()
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (name, intervals) in DAYS.iter().zip(self.week.days()) {
            check_day(intervals).map_err(|problem| format!("`{HOURS}.week.{name}` {problem}"))?;
        }
        if self.closed.len() > MOST_CLOSED {
            return Err(format!(
                "`{HOURS}.closed` must have at most {MOST_CLOSED} days"
            ));
        }
        let message = self.message.as_deref().unwrap_or_default();
        if message.chars().count() > LONGEST_MESSAGE || message.contains('\0') {
            return Err(format!(
                "`{HOURS}.message` must be at most {LONGEST_MESSAGE} characters long and have no \
                 NUL character"
            ));
        }
        Ok(())
    }

    /// Returns the JSON Schema of the setting.
    pub(crate) fn schema() -> Value {
        let time = json!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"});
        let day = json!({
            "type": "array",
            "maxItems": MOST_INTERVALS,
            "items": {"type": "array", "prefixItems": [time, time], "minItems": 2, "maxItems": 2},
        });
        let week: serde_json::Map<String, Value> = DAYS
            .iter()
            .map(|name| ((*name).to_owned(), day.clone()))
            .collect();
        json!({
            "description": "When people answer. Visitors are told, and may write at any time.",
            "type": ["object", "null"],
            "properties": {
                "time_zone": {
                    "description": "The name in the IANA database, such as `Europe/Prague`.",
                    "type": "string",
                    "minLength": 1,
                },
                "week": {
                    "description": "The intervals of each day, in order, such as \
                                    `[[\"09:00\", \"17:00\"]]`. A missing day is closed. An \
                                    interval over midnight is two: up to 24:00, and from 00:00.",
                    "type": "object",
                    "properties": week,
                    "additionalProperties": false,
                },
                "closed": {
                    "description": "The days on which it is closed, such as `2026-12-24`.",
                    "type": "array",
                    "maxItems": MOST_CLOSED,
                    "items": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                    "default": [],
                },
                "message": {
                    "description": "What visitors are told while it is closed.",
                    "type": ["string", "null"],
                    "maxLength": LONGEST_MESSAGE,
                },
            },
            "required": ["time_zone", "week"],
            "additionalProperties": false,
        })
    }
}

fn check_day(intervals: &[Interval]) -> Result<(), String> {
    if intervals.len() > MOST_INTERVALS {
        return Err(format!("must have at most {MOST_INTERVALS} intervals"));
    }
    let mut before = TimeOfDay(0);
    for Interval(from, to) in intervals {
        if from >= to {
            return Err(
                "must have intervals that end after they begin: one over midnight is two, up to \
                 24:00, and from 00:00 of the next day"
                    .to_owned(),
            );
        }
        if *from < before {
            return Err("must have its intervals in order, without overlaps".to_owned());
        }
        before = *to;
    }
    Ok(())
}

impl Week {
    /// Returns the intervals of each day, from Monday on.
    fn days(&self) -> [&[Interval]; 7] {
        [
            &self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun,
        ]
    }

    /// Returns the intervals of a day.
    fn on(&self, day: Weekday) -> &[Interval] {
        let index = usize::from(day.to_monday_zero_offset().unsigned_abs());
        self.days().get(index).copied().unwrap_or_default()
    }
}

impl Zone {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.1
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match TimeZone::get(&name) {
            Ok(zone) => Ok(Self(zone, name)),
            Err(_) => Err(D::Error::custom(
                "must be the name of a time zone, such as `Europe/Prague`",
            )),
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.1)
    }
}

impl TimeOfDay {
    fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |digits: &str| -> Option<u16> {
            let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten()
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let is_time = minutes < 60 && (hours < 24 || (hours, minutes) == (24, 0));
        is_time.then_some(Self(hours * 60 + minutes))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("must be a time from `00:00` to `24:00`"))
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}:{:02}", self.0 / 60, self.0 % 60))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date: Option<Date> = text.parse().ok();
        date.filter(|date| date.to_string() == text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("must be a day such as `2026-12-24`"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
