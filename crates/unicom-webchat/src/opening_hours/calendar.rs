//! When hours that repeat every week begin and end.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The number of days that are looked at.
const YEAR: i64 = 366;

/// A part of a day: the minutes since midnight at which it begins and ends.
pub(super) type Part = (u16, u16);

/// Returns whether it is open at `now`, and when that changes, if it does within a year. `hours`
/// returns the parts of a day of the time zone in which it is open, in order.
pub(super) fn state_at(
    zone: &TimeZone,
    hours: impl Fn(Date) -> Vec<Part>,
    now: Timestamp,
) -> (bool, Option<Timestamp>) {
    let today = zone.to_datetime(now).date();
    let days = (0..YEAR).filter_map(|days| today.checked_add(days.days()).ok());
    let intervals = days.flat_map(|day| {
        let parts = hours(day).into_iter();
        parts
            .filter_map(move |(from, to)| Some((at(zone, day, from)?, at(zone, day, to)?)))
            .filter(|(from, to)| from < to)
    });
    let mut open_until: Option<Timestamp> = None;
    for (from, to) in intervals {
        match open_until {
            _ if to <= now => {}
            // Intervals that touch, as at midnight, are one.
            Some(until) if from > until => return (true, Some(until)),
            Some(until) => open_until = Some(until.max(to)),
            None if from <= now => open_until = Some(to),
            None => return (false, Some(from)),
        }
    }
    // What is open up to the last day goes on.
    let last = today.checked_add(YEAR.days()).ok();
    let horizon = last.and_then(|day| at(zone, day, 0));
    let ends = open_until.filter(|until| horizon.is_some_and(|horizon| *until < horizon));
    (open_until.is_some(), ends)
}

/// Returns when this number of minutes has passed on the clocks of a day, at most a whole day.
fn at(zone: &TimeZone, day: Date, minutes: u16) -> Option<Timestamp> {
    let hour = i8::try_from(minutes / 60).ok()?;
    let minute = i8::try_from(minutes % 60).ok()?;
    let there = match Time::new(hour, minute, 0, 0) {
        Ok(time) => day.to_datetime(time),
        Err(_) => day.tomorrow().ok()?.to_datetime(Time::midnight()),
    };
    zone.to_timestamp(there).ok()
}
