//! Requested changes of sessions.

use jiff::{
    Timestamp,
    civil::{DateTime, Time},
};

use super::session::SessionQuery;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCommand {
    /// Later events are added to this session again. The running session ends.
    Reopen { session: SessionQuery },
    /// Two adjacent sessions become one.
    Join { sessions: [SessionQuery; 2] },
    /// One session becomes two.
    Split {
        session: SessionQuery,
        /// When the second session begins.
        at: SplitTime,
    },
    Delete {
        session: SessionQuery,
        /// Whether the reply only shows what would be deleted.
        preview: bool,
    },
}

/// A point in time within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitTime {
    Instant(Timestamp),
    /// A date and time in the streamer's time zone.
    Local(DateTime),
    /// The first such time after the beginning of the session, in the streamer's time zone.
    TimeOfDay(Time),
}

/// A description of the texts that [`SplitTime::parse`] accepts, for error messages.
pub const SPLIT_TIME: &str =
    "a time such as \"21:30\", \"2026-11-24 21:30\" or \"2026-11-24T20:30:00Z\"";

impl SplitTime {
    /// Reads one of the forms in [`SPLIT_TIME`]. `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let instant = text.parse().map(Self::Instant);
        instant
            .or_else(|_| text.parse().map(Self::Local))
            .or_else(|_| text.parse().map(Self::TimeOfDay))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_an_instant_or_in_the_time_zone_of_the_streamer() {
        let instant = "2026-11-24T20:30:00Z";
        assert_eq!(
            SplitTime::parse(instant),
            instant.parse().ok().map(SplitTime::Instant)
        );
        assert_eq!(
            SplitTime::parse(" 2026-11-24 21:30 "),
            "2026-11-24T21:30:00".parse().ok().map(SplitTime::Local)
        );
        assert_eq!(
            SplitTime::parse("21:30:15"),
            "21:30:15".parse().ok().map(SplitTime::TimeOfDay)
        );
        for text in ["", "9 o'clock", "25:00", "2026-13-01 10:00"] {
            assert_eq!(SplitTime::parse(text), None, "{text}");
        }
    }
}
