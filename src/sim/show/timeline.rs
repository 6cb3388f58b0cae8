//! The events of the show and their times. Pure: the seed decides which people act; the plot is
//! always the same.

use serde_json::{Value, json};

use super::cast;
use crate::sim::twitchat::{Choice, Generation, Moment, Person, Reward, Tier, Vote, VotePhase};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// Updates Twitchat to this generation.
    Switch(Generation),
    Play(Moment),
    /// Another program publishes a raid.
    PublishRaid {
        who: Person,
        viewers: u64,
    },
}

/// The length of the show, in cue units.
pub(super) const LENGTH: u32 = 1_000;

/// The acts of the show in order, each with its time between 0 and [`LENGTH`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timeline(pub(super) Vec<(u32, Act)>);

impl Timeline {
    pub(super) fn new(seed: u64) -> Self {
        let mut writer = Writer {
            random: fastrand::Rng::with_seed(seed),
            regulars: cast::regulars(),
            acts: Vec::new(),
        };
        writer.shuffle();
        // Only the first generation reports badges live, so one person with each badge writes a
        // message early.
        writer.bring(0, |person| person.roles.moderator);
        writer.bring(1, |person| person.roles.vip);
        writer.warm_up();
        writer.main_act();
        writer.finale();
        Self(writer.acts)
    }
}

/// The request with which another program publishes a raid, with the data of Streamer.bot's
/// `Twitch.Raid`.
pub(super) fn publish_raid(who: &Person, viewers: u64) -> Value {
    json!({
        "request": "PublishEvent", "id": "raid-train-1", "client": "raid-train",
            "publish": {"source": "Twitch", "type": "Raid"},
        "data": {
            "viewerCount": viewers, "viewers": viewers,
                "profileImage": "https://cdn.example/raider-300x300.png",
            "userId": who.id, "userName": who.login, "displayName": who.display, "role": 1,
            "from_broadcaster_user_id": who.id, "from_broadcaster_user_login": who.login,
                "from_broadcaster_user_name": who.display,
            "isTest": false,
        },
    })
}

struct Writer {
    random: fastrand::Rng,
    regulars: Vec<Person>,
    acts: Vec<(u32, Act)>,
}

impl Writer {
    fn shuffle(&mut self) {
        self.random.shuffle(&mut self.regulars);
    }

    /// Swaps the first person who matches to a place in the list.
    fn bring(&mut self, place: usize, fits: impl Fn(&Person) -> bool) {
        if let Some(found) = self.regulars.iter().position(fits) {
            self.regulars.swap(place, found);
        }
    }

    /// The regular at a place in the shuffled list. After the last one, the list starts again.
    fn regular(&self, place: usize) -> Person {
        self.regulars
            .iter()
            .cycle()
            .nth(place)
            .cloned()
            .unwrap_or_else(|| Person::new("0", "nobody"))
    }

    fn at(&mut self, cue: u32, moment: Moment) {
        self.acts.push((cue, Act::Play(moment)));
    }

    fn greet(&mut self, cue: u32, place: usize, text: &str) {
        let who = self.regular(place);
        self.at(
            cue,
            Moment::FirstMessage {
                who,
                text: text.into(),
            },
        );
    }

    fn follow(&mut self, cue: u32, place: usize) {
        let who = self.regular(place);
        self.at(cue, Moment::Follow { who });
    }

    fn cheer(&mut self, cue: u32, place: usize, text: &str) {
        let (who, bits) = (
            self.regular(place),
            self.random.u64(1..=20).saturating_mul(50),
        );
        self.at(
            cue,
            Moment::Cheer {
                who,
                bits,
                text: text.into(),
            },
        );
    }

    fn resub(&mut self, cue: u32, place: usize, tier: Tier, text: &str) {
        let (who, streak) = (self.regular(place), self.random.u64(2..=12));
        let months = streak.saturating_add(self.random.u64(..24));
        self.at(
            cue,
            Moment::Resub {
                who,
                tier,
                months,
                streak,
                text: text.into(),
            },
        );
    }

    fn redeem(&mut self, cue: u32, place: usize, reward: Reward, text: Option<&str>) {
        let who = self.regular(place);
        self.at(
            cue,
            Moment::Redeem {
                who,
                reward,
                text: text.map(Into::into),
            },
        );
    }

    /// A poll with votes that arrive one by one, and a clear winner.
    fn poll(&mut self, cues: [u32; 3], id: &str, title: &str, choices: [&str; 2]) {
        let total = self.random.u64(20..=60);
        for (cue, set_up, share) in [
            (cues[0], VotePhase::Begins, 0),
            (cues[1], VotePhase::Goes, 2),
            (cues[2], VotePhase::Ends, 4),
        ] {
            let second = total.saturating_mul(share) / 4;
            let votes = [second / 3, second];
            let choices = choices
                .into_iter()
                .zip(votes)
                .map(|(label, votes)| Choice {
                    label: label.into(),
                    votes,
                    voters: votes,
                })
                .collect();
            let poll = Vote {
                id: id.into(),
                title: title.into(),
                choices,
                duration_seconds: 120,
            };
            self.at(cue, Moment::Poll { poll, set_up });
        }
    }

    /// The first generation: first messages, follows, and a poll.
    fn warm_up(&mut self) {
        self.acts.push((0, Act::Switch(Generation::First)));
        self.greet(10, 0, "evening everyone!");
        self.greet(35, 1, "こんばんは！");
        self.greet(60, 2, "first try today, I can feel it");
        self.follow(80, 3);
        self.greet(100, 4, "안녕하세요");
        self.poll(
            [120, 180, 240],
            "d1c0b7e2-0001-4000-8000-000000000001",
            "What tonight?",
            ["Chill garden", "Boss rush"],
        );
        self.greet(140, 3, "lurking with tea");
        self.follow(160, 5);
        self.greet(200, 6, "is this the frog level?");
        self.greet(220, 9, "my cat voted twice, sorry");
        self.follow(260, 7);
    }

    /// The second generation: money, points and a gift bomb of five.
    fn main_act(&mut self) {
        let [hydrate, map, _] = cast::rewards();
        let to = cast::lurkers(5);
        self.acts.push((300, Act::Switch(Generation::Second)));
        self.greet(320, 5, "sound is great today");
        self.at(
            340,
            Moment::Follow {
                who: cast::youtuber(),
            },
        );
        self.at(
            360,
            Moment::Category {
                name: "Hollow Harbour".into(),
            },
        );
        self.cheer(380, 0, "take my energy");
        let (who, from) = (self.regular(6), self.regular(2));
        self.at(
            410,
            Moment::Sub {
                who,
                tier: Tier::Prime,
            },
        );
        self.resub(440, 4, Tier::Two, "two years of frogs");
        self.redeem(460, 3, hydrate, None);
        self.at(
            480,
            Moment::Gift {
                from,
                to,
                tier: Tier::One,
            },
        );
        self.cheer(520, 1, "がんばれ！");
        self.redeem(540, 0, map, Some("the swamp, obviously"));
        self.acts.push((
            560,
            Act::PublishRaid {
                who: cast::raider(),
                viewers: 57,
            },
        ));
        self.greet(580, 8, "raiders, wipe your paws");
        self.resub(600, 9, Tier::One, "");
    }

    /// The third generation: a poll with a result, an anonymous gift bomb, a raid that only labels
    /// report, and the last messages.
    fn finale(&mut self) {
        let [hydrate, _, highlight] = cast::rewards();
        let lurkers = cast::lurkers(9);
        self.acts.push((640, Act::Switch(Generation::Third)));
        self.greet(660, 7, "did I miss the boss?");
        self.poll(
            [680, 740, 820],
            "d1c0b7e2-0002-4000-8000-000000000002",
            "One more run?",
            ["Bed time", "One more!"],
        );
        let to = lurkers.get(5..8).unwrap_or_default().to_vec();
        self.at(
            700,
            Moment::Gift {
                from: Person::anonymous_gifter(),
                to,
                tier: Tier::One,
            },
        );
        self.follow(720, 10);
        self.at(
            760,
            Moment::Raid {
                who: cast::second_raider(),
                viewers: 214,
            },
        );
        self.redeem(780, 7, highlight, Some("LOOK AT THIS FROG"));
        let (from, to) = (
            self.regular(8),
            lurkers.get(8..9).unwrap_or_default().to_vec(),
        );
        self.at(
            800,
            Moment::Gift {
                from,
                to,
                tier: Tier::Three,
            },
        );
        let bits = self.random.u64(1..=9).saturating_mul(100);
        self.at(
            840,
            Moment::Cheer {
                who: Person::anonymous_cheerer(),
                bits,
                text: String::new(),
            },
        );
        self.cheer(860, 7, "gg");
        self.at(
            880,
            Moment::Category {
                name: "Frog Café Simulator".into(),
            },
        );
        let who = self.regular(11);
        self.at(
            900,
            Moment::Sub {
                who,
                tier: Tier::One,
            },
        );
        self.redeem(920, 8, hydrate, None);
        self.resub(940, 0, Tier::One, "see you friday");
        self.greet(960, 12, "good night!");
    }
}
