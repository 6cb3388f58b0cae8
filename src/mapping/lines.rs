//! Chat lines. Twitchat reports one line in up to five messages (a first message, a mention, a
//! message of a person who does not follow, a highlighted message), each with its own id. Two
//! Twitchat pages report each of them twice. One line becomes one `ChatMessage` and at most one
//! `FirstWord`.
//!
//! Messages with the same person and text within two seconds are one line. A line waits a moment
//! before it is emitted, because only the last of its messages reports that it is the person's
//! first ever.

use std::collections::{HashMap, VecDeque};

use super::{at::At, outcome::Emitted, render};
use crate::event::{
    Fact, Person, Platform,
    fact::{Chat, ChatKind, Presence, PresenceEvent, Redemption},
};

/// Messages with the same person and text belong to one line if they arrive at most this long after
/// the line's first message.
const LINE_MS: u64 = 2_000;
/// A person's `FirstWord` is emitted at most once within this time.
const FIRST_WORD_MS: u64 = 60_000;
/// How long a line waits for its other messages, which Twitchat sends in immediate succession.
const HOLD_MS: u64 = 100;
/// Maximum number of lines that are remembered. Beyond it the oldest one is emitted at once and
/// forgotten.
const LINES: usize = 1_024;

/// One chat line, from its first message on.
#[derive(Debug)]
struct Line {
    who: Person,
    chat: Chat,
    id: String,
    began_ms: u64,
    /// The `FirstWord` to emit: `true` if it is the person's first message ever on this channel.
    /// `None` if no message reported a first word, or if it was emitted.
    first_word: Option<bool>,
    /// Whether a `FirstWord` was emitted.
    has_first_word: bool,
    /// Whether the `ChatMessage` was emitted.
    is_out: bool,
}

/// The chat lines of the last two seconds. Times come from a monotonic clock.
#[derive(Debug, Default)]
pub struct Lines {
    held: VecDeque<Line>,
    /// When each person's last `FirstWord` was emitted.
    first_words: HashMap<(Platform, Box<str>), u64>,
    room: usize,
    /// Lines that were removed to make room for newer ones before they were emitted.
    crowded: Vec<Line>,
}

/// The chat line that a fact reports; `None` if it reports none. As in Streamer.bot, a reward with
/// a text has a chat line too, and a cheer has none.
pub fn line_of(fact: &Fact) -> Option<Presence> {
    match fact {
        Fact::Presence(presence) if presence.emitted_as != PresenceEvent::Silent => {
            Some(presence.clone())
        }
        Fact::Redemption(Redemption { who, chat, .. }) if !chat.text.is_empty() => Some(Presence {
            who: who.clone(),
            spoke: true,
            emitted_as: PresenceEvent::ChatMessage,
            chat: chat.clone(),
        }),
        _ => None,
    }
}

impl Line {
    fn is(&self, who: &Person, text: &str) -> bool {
        self.who.is_same(who) && *self.chat.text == *text
    }

    /// Whether an event of this line must still be emitted.
    fn waits(&self) -> bool {
        !self.is_out || self.first_word.is_some()
    }

    /// Adds another message of the same line.
    fn join(&mut self, emitted_as: PresenceEvent, chat: Chat) {
        self.note(emitted_as);
        if self.chat.kind == ChatKind::Plain {
            self.chat.kind = chat.kind;
        }
        if self.chat.chunks.is_empty() {
            self.chat.chunks = chat.chunks;
        }
        if self.chat.badges.is_empty() {
            self.chat.badges = chat.badges;
        }
        if self.chat.color.is_empty() {
            self.chat.color = chat.color;
        }
    }

    fn note(&mut self, emitted_as: PresenceEvent) {
        if let PresenceEvent::FirstWord { ever } = emitted_as
            && !self.has_first_word
        {
            self.first_word = Some(ever || self.first_word.unwrap_or_default());
        }
    }

    /// Appends the events that are to be emitted now.
    fn emit(&mut self, at: &At<'_>, events: &mut Vec<Emitted>) {
        let ever = self.first_word.take();
        self.has_first_word |= ever.is_some();
        // A message without a text can be a first word, but it has no line to show.
        let line = (!std::mem::replace(&mut self.is_out, true) && !self.chat.text.is_empty())
            .then_some("ChatMessage");
        for kind in ever.map(|_| "FirstWord").into_iter().chain(line) {
            let (ever, context) = (ever.unwrap_or_default(), at.context(&self.id));
            let event = render::written(kind, &self.who, &self.chat, ever, &context);
            let event = render::of_platform(self.who.platform, event);
            events.push(Emitted::late(event, &self.id));
        }
    }
}

impl Lines {
    /// Adds a message, with its id. [`Self::release`] returns its events.
    pub fn hold(&mut self, presence: Presence, id: &str, now_ms: u64) {
        let Presence {
            who,
            emitted_as,
            chat,
            ..
        } = presence;
        while self
            .held
            .front()
            .is_some_and(|line| now_ms.saturating_sub(line.began_ms) > LINE_MS && !line.waits())
        {
            self.held.pop_front();
        }
        if self.first_words.len() > self.room.max(LINES) {
            self.first_words
                .retain(|_, emitted_ms| now_ms.saturating_sub(*emitted_ms) <= FIRST_WORD_MS);
            self.room = 2 * self.first_words.len();
        }
        let known = self.held.iter_mut().rev().find(|line| {
            now_ms.saturating_sub(line.began_ms) <= LINE_MS && line.is(&who, &chat.text)
        });
        if let Some(line) = known {
            line.join(emitted_as, chat);
            return;
        }
        if self.held.len() == LINES
            && let Some(oldest) = self.held.pop_front()
            && oldest.waits()
        {
            self.crowded.push(oldest);
        }
        let mut line = Line {
            who,
            chat,
            id: id.to_owned(),
            began_ms: now_ms,
            first_word: None,
            has_first_word: false,
            is_out: false,
        };
        line.note(emitted_as);
        self.held.push_back(line);
    }

    /// When [`Self::release`] has something to do, on the monotonic clock.
    pub fn due_ms(&self) -> Option<u64> {
        let crowded = self.crowded.first().map(|line| line.began_ms);
        crowded.or_else(|| {
            self.held
                .iter()
                .find(|line| line.waits())
                .map(|line| line.began_ms + HOLD_MS)
        })
    }

    /// The events of all lines that have waited long enough.
    pub fn release(&mut self, at: &At<'_>) -> Vec<Emitted> {
        self.release_if(at, |line| at.mono_ms >= line.began_ms + HOLD_MS)
    }

    /// The events of all lines, whether they have waited long enough or not. Used before an event
    /// that must come after these lines.
    pub fn release_all(&mut self, at: &At<'_>) -> Vec<Emitted> {
        self.release_if(at, |_| true)
    }

    fn release_if(&mut self, at: &At<'_>, is_due: impl Fn(&Line) -> bool) -> Vec<Emitted> {
        let mut events = Vec::new();
        let Self {
            held,
            crowded,
            first_words,
            ..
        } = self;
        let crowded = &mut std::mem::take(crowded);
        for line in crowded
            .iter_mut()
            .chain(held.iter_mut().filter(|line| line.waits() && is_due(line)))
        {
            if line.first_word.is_some() {
                let name = if line.who.id.is_empty() {
                    line.who.login.to_lowercase().into()
                } else {
                    line.who.id.clone()
                };
                let key = (line.who.platform, name);
                let before = first_words.get(&key);
                if before
                    .is_some_and(|before| line.began_ms.saturating_sub(*before) <= FIRST_WORD_MS)
                {
                    line.first_word = None;
                    line.has_first_word = true;
                } else {
                    first_words.insert(key, line.began_ms);
                }
            }
            line.emit(at, &mut events);
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn presence(who: &str, text: &str, emitted_as: PresenceEvent) -> Presence {
        let who = Person::new(&format!("id of {who}"), &who.to_lowercase(), who).unwrap();
        Presence {
            who,
            spoke: true,
            emitted_as,
            chat: Chat {
                text: text.into(),
                ..Chat::default()
            },
        }
    }

    fn at(mono_ms: u64) -> At<'static> {
        At {
            mono_ms,
            ..At::default()
        }
    }

    fn names(events: &[Emitted]) -> Vec<&str> {
        events.iter().map(|line| &*line.event.name.kind).collect()
    }

    #[test]
    fn a_line_waits_a_tenth_of_a_second_and_then_comes_whole() {
        let mut lines = Lines::default();
        lines.hold(
            presence("Anna", "hi", PresenceEvent::ChatMessage),
            "m1",
            1_000,
        );
        lines.hold(
            presence("Anna", "hi", PresenceEvent::FirstWord { ever: false }),
            "m2",
            1_001,
        );
        lines.hold(
            presence("Anna", "hi", PresenceEvent::FirstWord { ever: true }),
            "m3",
            1_002,
        );
        assert_eq!(
            (lines.due_ms(), lines.release(&at(1_099))),
            (Some(1_100), vec![])
        );
        let events = lines.release(&at(1_100));
        assert_eq!(names(&events), ["FirstWord", "ChatMessage"]);
        for Emitted { event, id, .. } in &events {
            assert_eq!(
                (event.data["meta"]["firstMessage"].as_bool(), id.as_str()),
                (Some(true), "m1")
            );
        }
        assert_eq!(lines.due_ms(), None);
    }

    #[test]
    fn two_seconds_after_its_first_message_the_same_text_is_another_line() {
        let mut lines = Lines::default();
        for (at, expected) in [
            (0, 1),
            (1_000, 0),
            (2_000, 0),
            (2_001, 1),
            (4_001, 0),
            (4_002, 1),
        ] {
            lines.hold(presence("Anna", "hi", PresenceEvent::ChatMessage), "m", at);
            assert_eq!(lines.release_all(&At::default()).len(), expected, "{at}");
        }
    }

    #[test]
    fn a_first_word_is_emitted_once_a_minute_for_each_person() {
        let mut lines = Lines::default();
        let mut emitted = Vec::new();
        for (who, text, at) in [
            ("Anna", "hi", 0),
            ("Anna", "hello", 3_000),
            ("Zed", "hi", 3_000),
            ("Anna", "hi", 60_000),
            ("Anna", "hi", 200_000),
        ] {
            lines.hold(
                presence(who, text, PresenceEvent::FirstWord { ever: false }),
                "m",
                at,
            );
            emitted.push(names(&lines.release_all(&At::default())).len());
        }
        assert_eq!(emitted, [2, 1, 2, 1, 2], "and each line is");
    }

    #[test]
    fn a_person_without_an_id_is_known_by_the_login() {
        let mut lines = Lines::default();
        let by_login = Presence {
            who: Person::new("", "Anna", "").unwrap(),
            ..presence("Anna", "hi", PresenceEvent::ChatMessage)
        };
        lines.hold(presence("Anna", "hi", PresenceEvent::ChatMessage), "m1", 0);
        lines.hold(by_login, "m2", 1);
        assert_eq!(lines.release_all(&At::default()).len(), 1);
    }

    #[test]
    fn better_data_of_a_later_message_is_used() {
        let mut lines = Lines::default();
        lines.hold(presence("Anna", "hi", PresenceEvent::ChatMessage), "m1", 0);
        let mut highlighted = presence("Anna", "hi", PresenceEvent::ChatMessage);
        highlighted.chat.kind = ChatKind::Highlighted;
        highlighted.chat.badges = vec![("vip".into(), "1".into())];
        highlighted.chat.color = "#123456".into();
        lines.hold(highlighted, "m2", 1);
        let events = lines.release_all(&At::default());
        let data = &events[0].event.data;
        assert_eq!(
            (
                data["meta"]["isHighlighted"].as_bool(),
                data["user"]["color"].as_str()
            ),
            (Some(true), Some("#123456"))
        );
        assert_eq!(data["user"]["badges"][0]["name"], "vip");
    }

    #[test]
    fn lines_that_make_room_are_emitted_all_the_same() {
        let mut lines = Lines::default();
        let count = 3 * LINES;
        for number in 0..count {
            lines.hold(
                presence("Anna", &number.to_string(), PresenceEvent::ChatMessage),
                "m",
                0,
            );
        }
        assert_eq!((lines.held.len(), lines.due_ms()), (LINES, Some(0)));
        assert_eq!(lines.release_all(&At::default()).len(), count);
    }

    proptest! {
        /// For any messages in any order, each reported line is emitted once, and no line waits for
        /// ever.
        #[test]
        fn each_line_is_emitted_once(messages in prop::collection::vec((0..3_u8, 0..3_u8, 0..3_u8,
            0..900_u64), 1..60)) {
            let mut lines = Lines::default();
            let (mut now, mut emitted, mut first_words) = (0, Vec::new(), Vec::new());
            let mut began: std::collections::HashMap<(u8, u8),
                u64> = std::collections::HashMap::new();
            let mut expected = 0;
            for (who, text, emitted_as, pause) in messages {
                now += pause;
                for line in lines.release(&at(now)) {
                    if &*line.event.name.kind == "ChatMessage" {
                        emitted.push(line);
                    } else {
                        first_words.push(line);
                    }
                }
                let emitted_as = match emitted_as { 0 => PresenceEvent::ChatMessage,
                    1 => PresenceEvent::FirstWord { ever: false },
                    _ => PresenceEvent::FirstWord { ever: true },
                };
                if began.get(&(who, text)).is_none_or(|began| now - began > LINE_MS) {
                    began.insert((who, text), now);
                    expected += 1;
                }
                let written = presence(&format!("P{who}"), &format!("text {text}"), emitted_as);
                lines.hold(written, "m", now);
                prop_assert!(lines.due_ms().is_none_or(|due| due <= now + HOLD_MS));
            }
            for line in lines.release(&at(now + HOLD_MS)) {
                if &*line.event.name.kind == "ChatMessage" {
                    emitted.push(line);
                } else {
                    first_words.push(line);
                }
            }
            prop_assert_eq!(emitted.len(), expected);
            prop_assert!(first_words.len() <= expected);
            prop_assert_eq!(lines.due_ms(), None);
        }
    }
}
