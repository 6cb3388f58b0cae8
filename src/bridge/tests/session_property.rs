//! A property of sessions: however events, edits, changes of sessions and restarts follow each
//! other, a restart changes no credits, and after all edits are undone each event counts once.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::request::{Guarded, Permissions};

#[derive(Debug, Clone)]
enum Step {
    /// A new person follows.
    Follow,
    /// One of the first people cheers.
    Cheer(u8),
    Clear,
    Restart,
    Reopen(Index),
    /// Joins a session with the one that began before it.
    Join(Index),
    /// The second value is the time of the split within the session, in percent.
    Split(Index, u8),
    Delete(Index),
    Hide(u8),
    Rename(u8),
    Merge(u8, u8),
    /// Removes the first follower of a session.
    Remove(Index),
    Add(Index, u8),
    Undo(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..4_u8;
    let session = any::<Index>;
    prop_oneof![
        4 => Just(Step::Follow),
        3 => who.clone().prop_map(Step::Cheer),
        2 => Just(Step::Clear),
        1 => Just(Step::Restart),
        2 => session().prop_map(Step::Reopen),
        2 => session().prop_map(Step::Join),
        2 => (session(), 1..99_u8).prop_map(|(session, at)| Step::Split(session, at)),
        1 => session().prop_map(Step::Delete),
        1 => who.clone().prop_map(Step::Hide),
        1 => who.clone().prop_map(Step::Rename),
        1 => (who.clone(), who.clone()).prop_map(|(who, into)| Step::Merge(who, into)),
        1 => session().prop_map(Step::Remove),
        1 => (session(), who).prop_map(|(session, value)| Step::Add(session, value)),
        1 => session().prop_map(Step::Undo),
    ]
}

fn settings_with_permission() -> Settings {
    Settings {
        permissions: Permissions {
            allow: vec![Guarded::DeleteSession],
            ..Permissions::default()
        },
        ..settings()
    }
}

/// The id of a person. The channel's own is 1.
fn id(number: u32) -> String {
    (number + 100).to_string()
}

/// The bridge, and the people who should be in its credits.
struct World {
    bench: Bench,
    /// The number of people who have followed.
    people: u32,
    /// Followers of sessions that were deleted.
    deleted: Vec<String>,
}

impl World {
    fn new() -> Self {
        let settings = settings_with_permission();
        let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
        bench.input(Input::Up(info()));
        Self {
            bench,
            people: 0,
            deleted: Vec::new(),
        }
    }

    fn ask(&mut self, request: &str, fields: &Value) -> Value {
        let mut whole = json!({ "request": request, "id": "property" });
        let all = whole.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        self.bench.ask(whole)
    }

    /// The sessions as they are listed: the one that began last comes first.
    fn sessions(&mut self) -> Vec<Value> {
        let reply = self.ask("ListSessions", &json!({}));
        reply["sessions"].as_array().unwrap().clone()
    }

    fn credits(&mut self, session: &Value) -> Value {
        let fields = json!({ "session": session["id"], "spelling": "legacy", "extended": true });
        let mut reply = self.ask("GetCredits", &fields);
        reply.as_object_mut().unwrap().remove("seq");
        reply
    }

    fn followers(&mut self, session: &Value) -> Vec<String> {
        let credits = self.credits(session);
        let follows = names(&credits["Events"]["Follows"]);
        follows.into_iter().map(str::to_owned).collect()
    }

    /// Sessions with their credits.
    fn everything(&mut self) -> Vec<(Value, Value)> {
        let sessions = self.sessions();
        sessions
            .into_iter()
            .map(|session| {
                let credits = self.credits(&session);
                (session, credits)
            })
            .collect()
    }

    fn edit(&mut self, session: Option<&Value>, mut fields: Value) {
        if let Some(session) = session {
            fields["session"] = session["id"].clone();
        }
        self.ask("EditCredits", &fields);
    }

    fn restart(&mut self) {
        self.bench = self.bench.restarted_with(settings_with_permission());
    }

    fn step(&mut self, step: &Step) {
        self.bench.pass(1_000);
        let sessions = self.sessions();
        let at = |index: &Index| index.get(&sessions);
        let person = |who: &u8| json!({ "platform": "twitch", "id": id(u32::from(*who) + 1) });
        match step {
            Step::Follow => {
                self.people += 1;
                self.event("FOLLOW", self.people, json!({}));
            }
            Step::Cheer(who) => {
                let fields = json!({ "channel": "1", "bits": 100, "message": "Cheer" });
                self.event("BITS", u32::from(*who) + 1, fields);
            }
            Step::Clear => drop(self.ask("ClearCredits", &json!({}))),
            Step::Restart => self.restart(),
            Step::Reopen(session) => {
                let fields = json!({ "session": at(session)["id"] });
                self.ask("ReopenSession", &fields);
            }
            Step::Join(session) => {
                let place = session.index(sessions.len());
                if let [later, earlier, ..] = &sessions[place..] {
                    let fields = json!({ "sessions": [earlier["id"], later["id"]] });
                    let reply = self.ask("JoinSessions", &fields);
                    assert_eq!(reply["status"], "ok", "{reply}");
                }
            }
            Step::Split(session, percent) => {
                let session = at(session);
                let ms = |key: &str| {
                    let text = session[key].as_str();
                    text.map(|text| text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
                };
                let began = ms("started").unwrap();
                let length = ms("ended").unwrap_or(self.bench.now.wall_ms) - began;
                let at = time::instant(began + length * i64::from(*percent) / 100);
                self.ask(
                    "SplitSession",
                    &json!({ "session": session["id"], "at": at }),
                );
            }
            Step::Delete(session) => {
                let session = at(session).clone();
                let before = self.unedited_followers(&session);
                let reply = self.ask("DeleteSession", &json!({ "session": session["id"] }));
                if reply["status"] == "ok" {
                    self.deleted.extend(before);
                }
            }
            Step::Hide(who) => self.edit(None, json!({ "edit": "hide", "person": person(who) })),
            Step::Rename(who) => {
                let name = format!("New{who}");
                let fields = json!({ "edit": "rename", "person": person(who), "name": name });
                self.edit(None, fields);
            }
            Step::Merge(who, into) => {
                let fields =
                    json!({ "edit": "merge", "person": person(who), "into": person(into) });
                self.edit(None, fields);
            }
            Step::Remove(session) => {
                let session = at(session).clone();
                let credits = self.credits(&session);
                let entry = credits["extended"]["Follows"][0]["entry"].clone();
                self.edit(Some(&session), json!({ "edit": "remove", "entry": entry }));
            }
            Step::Add(session, value) => {
                let fields = json!({ "edit": "add", "section": "Thanks", "value": value });
                self.edit(Some(at(session)), fields);
            }
            Step::Undo(session) => {
                let fields = json!({ "session": at(session)["id"] });
                self.ask("Undo", &fields);
            }
        }
    }

    fn event(&mut self, kind: &str, number: u32, mut data: Value) {
        let name = format!("Person{number}");
        data["user"] = json!({ "id": id(number), "login": name.to_lowercase(),
            "displayName": name });
        self.bench.twitchat(kind, data);
    }

    /// The followers of a session without any edit: the people of its rows.
    fn unedited_followers(&self, session: &Value) -> Vec<String> {
        let id = session["id"].as_u64().unwrap();
        let rows = self.bench.rows.iter();
        rows.filter(|row| row.session.0 == id && &*row.kind == "FOLLOW")
            .map(|row| {
                let data: Value = serde_json::from_str(&row.body).unwrap();
                data["user"]["displayName"].as_str().unwrap().to_owned()
            })
            .collect()
    }

    fn undo_everything(&mut self) {
        for session in self.sessions() {
            let fields = json!({ "session": session["id"], "steps": 1_000 });
            self.ask("Undo", &fields);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn changes_of_sessions_among_events_edits_and_restarts_lose_nothing_and_invent_nothing(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        let before = world.everything();
        world.restart();
        prop_assert_eq!(world.everything(), before);
        world.undo_everything();
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for session in world.sessions() {
            for name in world.followers(&session) {
                *times.entry(name).or_default() += 1;
            }
        }
        let all = (1..=world.people).map(|number| format!("Person{number}"));
        let expected: BTreeMap<_, _> = all
            .filter(|name| !world.deleted.contains(name))
            .map(|name| (name, 1))
            .collect();
        prop_assert_eq!(times, expected);
        let (credits, restarted) = (world.everything(), {
            world.restart();
            world.everything()
        });
        prop_assert_eq!(credits, restarted);
    }
}
