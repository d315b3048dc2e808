use serde_json::json;

use super::*;

fn hours(setting: Value) -> OpeningHours {
    serde_json::from_value(setting).unwrap()
}

fn at(text: &str) -> UtcTime {
    serde_json::from_value(json!(text)).unwrap()
}

/// Returns whether it is open, and when that changes, to the minute.
fn state(hours: &OpeningHours, now: &str) -> (bool, Option<String>) {
    let state = hours.state_at(at(now));
    let change = state
        .next_change_at
        .map(|at| at.to_string()[..16].to_owned());
    (state.is_open, change)
}

fn until(is_open: bool, change: &str) -> (bool, Option<String>) {
    (is_open, Some(change.to_owned()))
}

/// The office of the examples: open on weekdays, with a break at noon on Friday.
fn office() -> OpeningHours {
    let day = json!([["09:00", "17:00"]]);
    hours(json!({
        "time_zone": "Europe/Prague",
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": [["09:00", "12:00"], ["13:00", "15:30"]] },
        "closed": ["2026-12-24", "2026-12-25"],
    }))
}

#[test]
fn hours_are_those_of_the_time_zone() {
    let office = office();
    for (now, expected) in [
        ("2026-11-30T07:59:59Z", until(false, "2026-11-30T08:00")),
        ("2026-11-30T08:00:00Z", until(true, "2026-11-30T16:00")),
        ("2026-11-30T15:59:59Z", until(true, "2026-11-30T16:00")),
        ("2026-11-30T16:00:00Z", until(false, "2026-12-01T08:00")),
        // A break, and the weekend.
        ("2026-12-04T11:30:00Z", until(false, "2026-12-04T12:00")),
        ("2026-12-04T14:30:00Z", until(false, "2026-12-07T08:00")),
        // In summer, an hour earlier.
        ("2026-07-01T07:00:00Z", until(true, "2026-07-01T15:00")),
        // Holidays, and the weekend after them.
        ("2026-12-24T10:00:00Z", until(false, "2026-12-28T08:00")),
    ] {
        assert_eq!(state(&office, now), expected, "{now}");
    }
}

#[test]
fn intervals_that_touch_are_one() {
    let night = hours(json!({
        "time_zone": "America/New_York",
        "week": { "sat": [["22:00", "24:00"]], "sun": [["00:00", "02:00"], ["02:00", "03:00"]] },
    }));
    let expected = until(true, "2026-12-06T08:00");
    assert_eq!(state(&night, "2026-12-06T04:00:00Z"), expected);
}

#[test]
fn hours_that_never_change_have_no_next_change() {
    let never = hours(json!({ "time_zone": "UTC", "week": {} }));
    assert_eq!(state(&never, "2026-11-30T12:00:00Z"), (false, None));
    let day = json!([["00:00", "24:00"]]);
    let week: Value = DAYS
        .iter()
        .map(|name| ((*name).to_owned(), day.clone()))
        .collect();
    let always = hours(json!({ "time_zone": "UTC", "week": week }));
    assert_eq!(state(&always, "2026-11-30T12:00:00Z"), (true, None));
    let but_one = hours(json!({ "time_zone": "UTC", "week": week, "closed": ["2026-12-24"] }));
    assert_eq!(
        state(&but_one, "2026-11-30T12:00:00Z"),
        until(true, "2026-12-24T00:00")
    );
    assert_eq!(
        state(&but_one, "2026-12-24T12:00:00Z"),
        until(false, "2026-12-25T00:00")
    );
}

#[test]
fn clock_changes_move_hours_that_they_leave_out() {
    // On 2026-03-29, the clocks go from 02:00 to 03:00.
    let early =
        hours(json!({ "time_zone": "Europe/Prague", "week": { "sun": [["02:30", "04:00"]] } }));
    assert_eq!(
        state(&early, "2026-03-29T00:30:00Z"),
        until(false, "2026-03-29T01:30")
    );
    assert_eq!(
        state(&early, "2026-03-29T01:45:00Z"),
        until(true, "2026-03-29T02:00")
    );
}

#[test]
fn invalid_settings_are_named() {
    let check = |change: &dyn Fn(&mut Value)| {
        let mut setting = json!({ "time_zone": "UTC", "week": {} });
        change(&mut setting);
        match serde_json::from_value::<OpeningHours>(setting) {
            Ok(hours) => hours.check().unwrap_err(),
            Err(error) => error.to_string(),
        }
    };
    let day = |intervals: Value| check(&move |setting| setting["week"]["mon"] = intervals.clone());
    for time in [
        "9:00", "09:60", "24:01", "25:00", "09:00:00", "+9:00", "", "noon",
    ] {
        assert!(
            day(json!([[time, "17:00"]])).contains("must be a time"),
            "{time}"
        );
    }
    assert!(day(json!([["17:00", "09:00"]])).contains("over midnight is two"));
    assert!(day(json!([["09:00", "09:00"]])).contains("over midnight is two"));
    assert!(day(json!([["09:00", "12:00"], ["11:00", "17:00"]])).contains("in order"));
    let minutes = |n: usize| json!([format!("00:{:02}", 2 * n), format!("00:{:02}", 2 * n + 1)]);
    assert!(day((0..11).map(minutes).collect()).contains("at most 10"));
    for zone in ["Prague", "Europe/Nowhere", "", "../UTC"] {
        let problem = check(&|setting| setting["time_zone"] = json!(zone));
        assert!(problem.contains("time zone"), "{zone}: {problem}");
    }
    for date in ["2026-02-30", "24.12.2026", "2026-12-24T00:00", ""] {
        let problem = check(&|setting| setting["closed"] = json!([date]));
        assert!(problem.contains("must be a day"), "{date}: {problem}");
    }
    let problem = check(&|setting| setting["message"] = json!("x".repeat(501)));
    assert!(problem.contains("`hours.message`"), "{problem}");
    assert!(check(&|setting| setting["weeks"] = json!({})).contains("weeks"));
    assert!(check(&|setting| setting["week"]["monday"] = json!([])).contains("monday"));
}
