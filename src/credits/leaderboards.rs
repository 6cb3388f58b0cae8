//! Leaderboards that outlive sessions: bits of all time, of this month and of this week, and spent
//! channel points.
//!
//! Month and week follow Twitch's calendar (Pacific time, weeks from Monday) unless configured
//! otherwise.

use std::collections::{BTreeMap, HashMap};

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::{known::PersonId, people::People};

/// Number of names that a leaderboard shows.
pub const SHOWN: usize = 10;

/// The beginning of the month and of the week.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The time zone whose midnight begins a day.
    pub zone: TimeZone,
    /// The first day of a week.
    pub week_start: Weekday,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            zone: TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC),
            week_start: Weekday::Monday,
        }
    }
}

impl Calendar {
    fn date(&self, at_ms: i64) -> Date {
        Timestamp::from_millisecond(at_ms)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(self.zone.clone())
            .date()
    }

    /// The first day of the month at this time.
    pub fn month(&self, at_ms: i64) -> Date {
        self.date(at_ms).first_of_month()
    }

    /// The first day of the week at this time.
    pub fn week(&self, at_ms: i64) -> Date {
        let date = self.date(at_ms);
        let days = i64::from(date.weekday().since(self.week_start));
        date.checked_sub(jiff::Span::new().days(days))
            .unwrap_or(date)
    }
}

/// Sums per person for one period.
type Sums = HashMap<PersonId, u64>;

#[derive(Debug, Default)]
pub struct Leaderboards {
    calendar: Calendar,
    all: Sums,
    months: BTreeMap<Date, Sums>,
    weeks: BTreeMap<Date, Sums>,
    points: Sums,
}

/// Number of periods that are kept: the current and the previous one, for events that arrive late.
const PERIODS: usize = 2;

fn add(sums: &mut Sums, who: PersonId, amount: u64) {
    let sum = sums.entry(who).or_default();
    *sum = sum.saturating_add(amount);
}

fn add_in(periods: &mut BTreeMap<Date, Sums>, period: Date, who: PersonId, amount: u64) {
    add(periods.entry(period).or_default(), who, amount);
    while periods.len() > PERIODS {
        periods.pop_first();
    }
}

impl Leaderboards {
    pub fn new(calendar: Calendar) -> Self {
        Self {
            calendar,
            ..Self::default()
        }
    }

    /// The first days of the month and the week at this time.
    pub fn period(&self, now_ms: i64) -> (Date, Date) {
        (self.calendar.month(now_ms), self.calendar.week(now_ms))
    }

    pub fn bits(&mut self, who: PersonId, bits: u64, at_ms: i64) {
        add(&mut self.all, who, bits);
        add_in(&mut self.months, self.calendar.month(at_ms), who, bits);
        add_in(&mut self.weeks, self.calendar.week(at_ms), who, bits);
    }

    /// Subtracts bits that turned out to be reported twice.
    pub fn bits_back(&mut self, who: PersonId, bits: u64, at_ms: i64) {
        let (month, week) = self.period(at_ms);
        let periods = [
            Some(&mut self.all),
            self.months.get_mut(&month),
            self.weeks.get_mut(&week),
        ];
        for sum in periods
            .into_iter()
            .flatten()
            .filter_map(|sums| sums.get_mut(&who))
        {
            *sum = sum.saturating_sub(bits);
        }
    }

    /// Adds channel points that a person has spent.
    pub fn points(&mut self, who: PersonId, points: u64) {
        add(&mut self.points, who, points);
    }

    /// Subtracts channel points that a person got back.
    pub fn points_back(&mut self, who: PersonId, points: u64) {
        if let Some(sum) = self.points.get_mut(&who) {
            *sum = sum.saturating_sub(points);
        }
    }

    /// Bits of all time, in descending order.
    pub fn top_bits(
        &self,
        people: &People,
        shown: impl Fn(PersonId) -> bool,
    ) -> Vec<(PersonId, u64)> {
        ranking(Some(&self.all), people, shown)
    }

    /// Bits of the month at `now_ms`, in descending order.
    pub fn top_bits_month(
        &self,
        now_ms: i64,
        people: &People,
        shown: impl Fn(PersonId) -> bool,
    ) -> Vec<(PersonId, u64)> {
        ranking(self.months.get(&self.calendar.month(now_ms)), people, shown)
    }

    /// Bits of the week at `now_ms`, in descending order.
    pub fn top_bits_week(
        &self,
        now_ms: i64,
        people: &People,
        shown: impl Fn(PersonId) -> bool,
    ) -> Vec<(PersonId, u64)> {
        ranking(self.weeks.get(&self.calendar.week(now_ms)), people, shown)
    }

    /// Spent channel points, in descending order.
    pub fn top_points(
        &self,
        people: &People,
        shown: impl Fn(PersonId) -> bool,
    ) -> Vec<(PersonId, u64)> {
        ranking(Some(&self.points), people, shown)
    }

    /// Number of channel points that a person has spent.
    pub fn points_of(&self, who: PersonId) -> u64 {
        self.points.get(&who).copied().unwrap_or_default()
    }
}

/// Sorts by amount in descending order. Equal amounts are sorted by name, so that the order of
/// events does not matter.
fn ranking(
    sums: Option<&Sums>,
    people: &People,
    shown: impl Fn(PersonId) -> bool,
) -> Vec<(PersonId, u64)> {
    let Some(sums) = sums else { return Vec::new() };
    let is_merged = sums.keys().any(|who| people.shown(*who) != *who);
    let mut merged = Sums::new();
    if is_merged {
        for (who, amount) in sums {
            add(&mut merged, people.shown(*who), *amount);
        }
    }
    let order = |(a, more): &(PersonId, u64), (b, less): &(PersonId, u64)| {
        less.cmp(more)
            .then_with(|| people.name(*a).cmp(people.name(*b)))
            .then(a.cmp(b))
    };
    // Checking whether a person is shown is slow, so it is done only for people with a sufficient
    // amount.
    let mut first: Vec<(PersonId, u64)> = Vec::with_capacity(SHOWN + 1);
    for one in if is_merged { &merged } else { sums }
        .iter()
        .map(|(who, amount)| (*who, *amount))
    {
        let place = first.partition_point(|other| order(other, &one).is_lt());
        if one.1 > 0 && place < SHOWN && shown(one.0) {
            first.insert(place, one);
            first.truncate(SHOWN);
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Person;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first_in_pacific_time() {
        let calendar = Calendar::default();
        // Monday 2026-11-02 00:30 in Los Angeles. Standard time began on the day before.
        assert_eq!(
            calendar.week(ms("2026-11-02T08:30:00Z")).to_string(),
            "2026-11-02"
        );
        assert_eq!(
            calendar.week(ms("2026-11-02T07:59:59Z")).to_string(),
            "2026-10-26"
        );
        assert_eq!(
            calendar.month(ms("2026-11-01T06:59:59Z")).to_string(),
            "2026-10-01",
            "still daylight time"
        );
        assert_eq!(
            calendar.month(ms("2026-11-01T07:00:00Z")).to_string(),
            "2026-11-01"
        );
        let sunday = Calendar {
            week_start: Weekday::Sunday,
            ..Calendar::default()
        };
        assert_eq!(
            sunday.week(ms("2026-11-02T08:30:00Z")).to_string(),
            "2026-11-01"
        );
    }

    #[test]
    fn boards_rank_by_amount_then_name_and_forget_old_periods() {
        let mut people = People::default();
        let mut register =
            |id: &str, name: &str| people.register(&Person::new(id, "", name).unwrap(), 0).who;
        let (anna, zed, mira) = (
            register("1", "Anna"),
            register("2", "Zed"),
            register("3", "Mira"),
        );
        let mut leaderboards = Leaderboards::new(Calendar::default());
        leaderboards.bits(zed, 100, ms("2026-10-05T12:00:00Z"));
        leaderboards.bits(mira, 50, ms("2026-11-10T12:00:00Z"));
        leaderboards.bits(anna, 50, ms("2026-11-17T12:00:00Z"));
        let now = ms("2026-11-18T12:00:00Z");
        assert_eq!(
            leaderboards.top_bits(&people, |_| true),
            [(zed, 100), (anna, 50), (mira, 50)]
        );
        assert_eq!(
            leaderboards.top_bits_month(now, &people, |_| true),
            [(anna, 50), (mira, 50)]
        );
        assert_eq!(
            leaderboards.top_bits_week(now, &people, |_| true),
            [(anna, 50)]
        );
        assert_eq!(
            leaderboards.top_bits_week(ms("2026-12-01T12:00:00Z"), &people, |_| true),
            []
        );
        assert_eq!(
            leaderboards.top_bits(&people, |who| who != zed),
            [(anna, 50), (mira, 50)]
        );
    }
}
