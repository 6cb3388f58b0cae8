//! Decodes Twitchat's messages into events, and also decodes requests and messages of the bridge.
//! Like the bridge, it remembers people, gift bombs, polls and predictions, but it counts nothing.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use twitchat_bridge::{
    bridge::recent::{RECENT_IDS, Recent},
    config::Config,
    credits::People,
    event::{EmittedEvent, EventName, Fact, Message, ObsEvent, Person, Received},
    mapping::{
        self, Interpreter,
        interpreter::{At, Emitted, Playback},
        published, render,
    },
    obs::Info,
    request::{self, Call},
    twitchat::question,
};

use super::messages::Messages;
use crate::cli::receiving::News;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum From {
    /// A message of Twitchat, or an action for it.
    Twitchat,
    /// An event that did not come over OBS itself. The decoder made it of a message of Twitchat or
    /// of a `PublishEvent`.
    Mapped,
    /// An event of OBS itself.
    Obs,
    Bridge,
    /// A request to the bridge.
    Client,
    /// A message of another program, or one that cannot be read.
    Other,
}

/// One message, as a line of `watch --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Line {
    #[serde(serialize_with = "iso")]
    pub(crate) at: jiff::Timestamp,
    pub(crate) from: From,
    /// Written as `Source.Type`.
    pub(crate) name: String,
    /// The id of the message or request; `null` if it has none.
    pub(crate) id: Value,
    /// The data of the message or event. For a request or a message of a bridge, this is the whole
    /// message.
    pub(crate) data: Value,
    /// The other form of the same message: for a message of Twitchat, the data of the first event
    /// that is made of it; for an event, the data of the message that it is made of. `Null` if
    /// there is none.
    #[serde(skip)]
    pub(crate) counterpart: Value,
    /// Whether the message comes from a recording that is being played back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) replay: bool,
}

impl Line {
    fn new(from: From, name: String, at: jiff::Timestamp) -> Self {
        Self {
            at,
            from,
            name,
            id: Value::Null,
            data: Value::Null,
            counterpart: Value::Null,
            replay: false,
        }
    }

    fn event(
        EmittedEvent { name, data }: EmittedEvent,
        id: Value,
        replay: bool,
        at: jiff::Timestamp,
    ) -> Self {
        Self {
            id,
            data,
            replay,
            ..Self::new(From::Mapped, name.to_string(), at)
        }
    }

    fn with(self, counterpart: Value) -> Self {
        Self {
            counterpart,
            ..self
        }
    }
}

/// Writes the time as ISO 8601 in UTC, in milliseconds.
fn iso<S: serde::Serializer>(at: &jiff::Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

#[derive(Debug)]
pub(crate) struct Decoder {
    broadcaster: Option<Person>,
    people: People,
    live: Interpreter,
    /// Interprets messages that are played back from a recording.
    recorded: Interpreter,
    /// The messages whose events are emitted later.
    messages: Messages,
    /// The ids of recent messages; `None` if repeated messages are not dropped.
    recent: Option<Recent>,
    /// The description of the connection to OBS, which the data of all OBS events contains.
    connection: Value,
    scene: Option<String>,
    /// Whether OBS streams and records; `None` while it is unknown.
    streaming: Option<bool>,
    recording: Option<bool>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            broadcaster: None,
            people: People::default(),
            live: Interpreter::new(Playback::Live),
            recorded: Interpreter::new(Playback::Recorded),
            messages: Messages::default(),
            recent: None,
            connection: Value::Null,
            scene: None,
            streaming: None,
            recording: None,
        }
    }
}

impl Decoder {
    /// If the config names a channel, the decoder is for this channel.
    pub(crate) fn of(config: &Config) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let whose = &config.broadcaster;
        Self {
            broadcaster: Person::new(&text(&whose.id), &text(&whose.login), &text(&whose.name)),
            ..Self::default()
        }
    }

    /// Drops messages whose id was received before, as the bridge does.
    pub(crate) fn without_repeats(self) -> Self {
        Self {
            recent: Some(Recent::new(RECENT_IDS)),
            ..self
        }
    }

    pub(crate) fn take(&mut self, news: &News, at: jiff::Timestamp) -> Vec<Line> {
        match news {
            News::Received(batch) => batch
                .events
                .iter()
                .flat_map(|received| self.receive(received, at))
                .collect(),
            News::Up(info) => vec![self.up(info, at)],
            News::Down => vec![self.down(at)],
            News::Scene(name) => self.scene(name, at).into_iter().collect(),
            News::Stream { active } => vec![self.stream(*active, at)],
            News::Recording { active, path } => vec![self.recording(*active, path, at)],
            News::Outputs {
                streaming,
                recording,
            } => self.outputs(*streaming, *recording, at),
            News::Tick => self.tick(at),
            News::Signal => Vec::new(),
        }
    }

    /// Returns the message's line and the lines of its events.
    pub(crate) fn receive(&mut self, received: &Received, at: jiff::Timestamp) -> Vec<Line> {
        match received {
            Received::Twitchat(message) => self.twitchat(message, at),
            Received::Bridge(whole) => vec![bridge(whole, at)],
            Received::Request(whole) => std::iter::once(request(whole, at))
                .chain(self.published(whole, at))
                .collect(),
            Received::Other(whole) => vec![custom_event(whole, at)],
            Received::Obs(event) => vec![self.event_of_obs(event, at)],
            Received::Bad => vec![Line::new(From::Other, "Other.Unreadable".into(), at)],
        }
    }

    /// Returns the events that are due because time has passed, such as the end of a settled poll
    /// or a complete gift bomb.
    pub(crate) fn tick(&mut self, at: jiff::Timestamp) -> Vec<Line> {
        let mut lines = Vec::new();
        for playback in [Playback::Live, Playback::Recorded] {
            let broadcaster = self.broadcaster.clone();
            let moment = moment(at, broadcaster.as_ref());
            let ended = self.interpreter(playback).settle(&moment);
            lines.extend(
                ended
                    .into_iter()
                    .flat_map(|fact| self.mapped(fact, None, &Value::Null, playback, at)),
            );
            let emitted = self.interpreter(playback).release(&moment);
            lines.extend(
                emitted
                    .into_iter()
                    .map(|emitted| self.line(emitted, &Value::Null, playback, at)),
            );
        }
        lines
    }

    fn interpreter(&mut self, playback: Playback) -> &mut Interpreter {
        match playback {
            Playback::Live => &mut self.live,
            Playback::Recorded => &mut self.recorded,
        }
    }

    fn up(&mut self, info: &Info, at: jiff::Timestamp) -> Line {
        self.connection = mapping::obs::connection("", &info.version.obs, &info.version.websocket);
        self.scene.clone_from(&info.scene);
        obs(mapping::obs::connected(&self.connection), at)
    }

    fn down(&mut self, at: jiff::Timestamp) -> Line {
        (self.streaming, self.recording) = (None, None);
        obs(mapping::obs::disconnected(&self.connection), at)
    }

    /// `None` if the scene was already on air.
    fn scene(&mut self, name: &str, at: jiff::Timestamp) -> Option<Line> {
        let before = self
            .scene
            .replace(name.to_owned())
            .filter(|before| before != name)?;
        Some(obs(
            mapping::obs::scene_changed(&self.connection, name, &before),
            at,
        ))
    }

    fn stream(&mut self, active: bool, at: jiff::Timestamp) -> Line {
        self.streaming = Some(active);
        obs(mapping::obs::stream_changed(&self.connection, active), at)
    }

    fn recording(&mut self, active: bool, path: &str, at: jiff::Timestamp) -> Line {
        self.recording = Some(active);
        let event = mapping::obs::recording_changed(&self.connection, active, path);
        obs(event, at)
    }

    /// The lines for outputs that have changed without an event of OBS.
    fn outputs(
        &mut self,
        streaming: Option<bool>,
        recording: Option<bool>,
        at: jiff::Timestamp,
    ) -> Vec<Line> {
        let has_changed = |before: Option<bool>, now: Option<bool>| {
            now.filter(|active| before.is_some_and(|before| before != *active))
        };
        let stream = has_changed(self.streaming, streaming);
        let record = has_changed(self.recording, recording);
        self.streaming = streaming.or(self.streaming);
        self.recording = recording.or(self.recording);
        let stream = stream.map(|active| self.stream(active, at));
        let record = record.map(|active| self.recording(active, "", at));
        stream.into_iter().chain(record).collect()
    }

    fn event_of_obs(&self, event: &ObsEvent, at: jiff::Timestamp) -> Line {
        mapping::obs::event(&self.connection, event)
            .map_or_else(|| unreadable(at), |event| obs(event, at))
    }

    fn twitchat(&mut self, message: &Message, at: jiff::Timestamp) -> Vec<Line> {
        if let (Some(recent), Some(id)) = (&mut self.recent, &message.id)
            && !recent.insert(id)
        {
            return Vec::new();
        }
        let (kind, data) = (&*message.kind, message.data.as_deref());
        let id = message.id.as_deref().map_or(Value::Null, Value::from);
        let playback = if message.replay.is_some() {
            Playback::Recorded
        } else {
            Playback::Live
        };
        let replay = playback == Playback::Recorded;
        let emitted = data.map_or(Value::Null, value);
        let interpreter = self.interpreter(playback);
        let custom = interpreter.state(kind, &emitted, millis(at));
        let read = mapping::decode(kind, data);
        let mut facts = interpreter.votes(read.vote, &moment(at, None));
        if question::label_answer(kind).is_some() {
            facts.extend(
                data.map(|data| interpreter.labels(data))
                    .unwrap_or_default(),
            );
        }
        facts.extend(read.facts);
        let custom =
            custom.map(|event| Line::event(event, id.clone(), replay, at).with(emitted.clone()));
        let becomes = custom
            .as_ref()
            .map(|custom| custom.data.clone())
            .or_else(|| self.becomes(&facts, message.id.as_deref(), at));
        if !facts.is_empty() {
            self.messages.note(message.id.as_deref(), &emitted);
        }
        let counterpart = becomes.unwrap_or_default();
        let mut mapped: Vec<_> = facts
            .into_iter()
            .flat_map(|fact| self.mapped(fact, message.id.as_deref(), &emitted, playback, at))
            .collect();
        let message = Line {
            id,
            data: emitted,
            counterpart,
            replay,
            ..Line::new(From::Twitchat, format!("Twitchat.{kind}"), at)
        };
        let mut lines: Vec<_> = std::iter::once(message).chain(custom).collect();
        lines.append(&mut mapped);
        lines
    }

    /// The data of the first event that is made of these facts, now or later.
    fn becomes(&self, facts: &[Fact], id: Option<&str>, at: jiff::Timestamp) -> Option<Value> {
        let context = moment(at, self.broadcaster.as_ref()).context(id.unwrap_or_default());
        facts.iter().find_map(|fact| {
            let mut fact = fact.clone();
            fact.each_person(|person| self.people.complete(person));
            render::event(&fact, &context).map(|event| event.data)
        })
    }

    /// Empty if a bridge would refuse the `PublishEvent`.
    fn published(&self, whole: &RawValue, at: jiff::Timestamp) -> Vec<Line> {
        let Some(Ok(Call::PublishEvent {
            name,
            data,
            event_id,
        })) = request::read(whole.get()).map(|request| request.call)
        else {
            return Vec::new();
        };
        self.publish(&name, &Value::Object(data), event_id.as_deref(), at)
            .unwrap_or_default()
    }

    /// The lines of a published event, as subscribers receive it. The error is the reason why a
    /// bridge would refuse it.
    pub(crate) fn publish(
        &self,
        name: &EventName,
        data: &Value,
        event_id: Option<&str>,
        at: jiff::Timestamp,
    ) -> Result<Vec<Line>, published::Error> {
        let readings = published::read(name, data)?;
        let context = moment(at, self.broadcaster.as_ref()).context(event_id.unwrap_or_default());
        let line = |reading: &published::Reading| {
            let mut says = reading.fact.clone();
            says.each_person(|person| self.people.complete(person));
            Line::event(
                published::event(name, reading, &says, &context),
                json!(event_id),
                false,
                at,
            )
        };
        Ok(readings.iter().map(line).collect())
    }

    /// The events that are made of a fact, with people completed from earlier messages.
    fn mapped(
        &mut self,
        mut fact: Fact,
        id: Option<&str>,
        message: &Value,
        playback: Playback,
        at: jiff::Timestamp,
    ) -> Vec<Line> {
        fact.each_person(|person| {
            self.people.register(person, at.as_millisecond());
            self.people.complete(person);
        });
        let broadcaster = self.broadcaster.clone();
        let emitted = self.interpreter(playback).emit(
            fact,
            id.unwrap_or_default(),
            &moment(at, broadcaster.as_ref()),
        );
        emitted
            .into_iter()
            .map(|emitted| self.line(emitted, message, playback, at))
            .collect()
    }

    /// `message` is the data of the message that the event is made of, unless the event had to
    /// wait.
    fn line(
        &self,
        emitted: Emitted,
        message: &Value,
        playback: Playback,
        at: jiff::Timestamp,
    ) -> Line {
        let id = id_of(&emitted.id);
        let message = if emitted.waited {
            self.messages.find(&id)
        } else {
            message.clone()
        };
        Line::event(emitted.event, id, playback == Playback::Recorded, at).with(message)
    }
}

/// The time and the channel, for the interpreter.
fn moment(at: jiff::Timestamp, broadcaster: Option<&Person>) -> At<'_> {
    At {
        wall_ms: at.as_millisecond(),
        mono_ms: millis(at),
        broadcaster,
    }
}

/// `null` if the id is empty.
fn id_of(id: &str) -> Value {
    if id.is_empty() {
        Value::Null
    } else {
        id.into()
    }
}

/// The time in milliseconds, for measuring durations only.
fn millis(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

fn obs(event: EmittedEvent, at: jiff::Timestamp) -> Line {
    Line {
        from: From::Obs,
        ..Line::event(event, Value::Null, false, at)
    }
}

fn unreadable(at: jiff::Timestamp) -> Line {
    Line::new(From::Other, "Other.Unreadable".into(), at)
}

fn custom_event(whole: &RawValue, at: jiff::Timestamp) -> Line {
    mapping::obs::custom_event(whole).map_or_else(
        || unreadable(at),
        |event| Line {
            from: From::Other,
            ..Line::event(event, Value::Null, false, at)
        },
    )
}

fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// The message may be an event, a Hello, a reply, or a message to other bridges.
pub(crate) fn bridge(whole: &RawValue, at: jiff::Timestamp) -> Line {
    let data = value(whole);
    let word = |place: &str| data.pointer(place).and_then(Value::as_str);
    let name = match (
        word("/event/source"),
        word("/event/type"),
        word("/request"),
        word("/status"),
    ) {
        (Some(source), Some(kind), ..) => EventName::new(source, kind).to_string(),
        (_, _, Some(request), _) => format!("Bridge.{request}"),
        (_, _, _, Some("taken")) => "Bridge.Taken".into(),
        (_, _, _, Some(_)) => "Bridge.Reply".into(),
        _ => "Bridge.Message".into(),
    };
    let id = data.get("id").cloned().unwrap_or_default();
    let replay = data.get("replay").is_some_and(|mark| *mark == true);
    Line {
        id,
        data,
        replay,
        ..Line::new(From::Bridge, name, at)
    }
}

pub(crate) fn request(whole: &RawValue, at: jiff::Timestamp) -> Line {
    let data = value(whole);
    let name = format!(
        "Request.{}",
        data.get("request").and_then(Value::as_str).unwrap_or("?")
    );
    let id = data.get("id").cloned().unwrap_or_default();
    Line {
        id,
        data,
        ..Line::new(From::Client, name, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(decoder: &mut Decoder, message: &Value) -> Vec<(From, String)> {
        let received = Received::read(&message.to_string()).unwrap();
        decoder
            .receive(&received, jiff::Timestamp::UNIX_EPOCH)
            .into_iter()
            .map(|line| (line.from, line.name))
            .collect()
    }

    #[test]
    fn messages_are_distinguished_by_their_origin() {
        let mut decoder = Decoder::default();
        let mut one = |message: Value| names(&mut decoder, &message);
        let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "1",
            "data": { "user": { "id": "7", "login": "anna" } } });
        assert_eq!(
            one(follow),
            [
                (From::Twitchat, "Twitchat.FOLLOW".into()),
                (From::Mapped, "Twitch.Follow".into())
            ]
        );
        let event = json!({ "origin": "twitchat-bridge", "event": { "source": "twitch",
            "type": "raid" }, "data": {} });
        assert_eq!(one(event), [(From::Bridge, "Twitch.Raid".into())]);
        assert_eq!(
            one(json!({ "origin": "twitchat-bridge", "request": "Hello" })),
            [(From::Bridge, "Bridge.Hello".into())]
        );
        assert_eq!(
            one(json!({ "origin": "twitchat-bridge", "status": "ok" })),
            [(From::Bridge, "Bridge.Reply".into())]
        );
        assert_eq!(
            one(json!({ "request": "GetInfo", "id": 3 })),
            [(From::Client, "Request.GetInfo".into())]
        );
        assert_eq!(
            one(json!({ "hello": "world" })),
            [(From::Other, "Obs.CustomEvent".into())]
        );
        assert_eq!(
            one(json!({ "origin": "twitchat" })),
            [(From::Other, "Other.Unreadable".into())]
        );
    }

    #[test]
    fn people_are_completed_from_earlier_messages() {
        let mut decoder = Decoder::default();
        let user = json!({ "id": "7", "login": "anna", "displayName": "Anna_B" });
        names(
            &mut decoder,
            &json!({ "origin": "twitchat", "type": "FOLLOW", "id": "1", "data": { "user": user } }),
        );
        let sub = json!({ "origin": "twitchat", "type": "SUBSCRIPTION", "id": "2",
            "data": { "tier": 1, "months": 1, "user": { "id": "7", "login": "anna" },
                "recipients": [], "isGift": false } });
        assert_eq!(
            names(&mut decoder, &sub),
            [(From::Twitchat, "Twitchat.SUBSCRIPTION".into())]
        );
        assert!(
            decoder
                .tick(jiff::Timestamp::from_millisecond(1_000).unwrap())
                .is_empty()
        );
        let lines = decoder.tick(jiff::Timestamp::from_millisecond(1_001).unwrap());
        let [emitted] = &lines[..] else {
            panic!("one event, not {}", lines.len())
        };
        assert_eq!(
            (
                emitted.name.as_str(),
                &emitted.id,
                &emitted.data["displayName"]
            ),
            ("Twitch.Sub", &json!("2"), &json!("Anna_B"))
        );
    }

    #[test]
    fn gifts_that_are_played_back_are_marked_and_make_no_bomb_with_live_ones() {
        let mut decoder = Decoder::default();
        let gift = |to: &str| {
            json!({ "origin": "twitchat", "type": "SUBSCRIPTION", "id": to, "data": { "tier": 1,
                "months": 1, "isGift": true, "giftCount": 1,
                "user": { "id": "7", "login": "anna" }, "recipients": [{ "uid": to,
                    "login": format!("p{to}") }] } })
        };
        let mut recorded = gift("2");
        recorded["replay"] = true.into();
        names(&mut decoder, &gift("1"));
        names(&mut decoder, &recorded);
        let emitted = decoder.tick(jiff::Timestamp::from_millisecond(2_000).unwrap());
        let emitted: Vec<_> = emitted
            .iter()
            .map(|line| (line.name.as_str(), &line.id, line.replay))
            .collect();
        assert_eq!(
            emitted,
            [
                ("Twitch.GiftSub", &json!("1"), false),
                ("Twitch.GiftSub", &json!("2"), true)
            ]
        );
    }

    #[test]
    fn gifts_wait_for_their_bomb_and_then_come_as_the_bridge_emits_them() {
        let mut decoder = Decoder::default();
        let gift = |to: &str| {
            json!({ "origin": "twitchat", "type": "SUBSCRIPTION", "id": to, "data": { "tier": 1,
                "months": 1, "isGift": true, "giftCount": 1,
                "user": { "id": "7", "login": "anna" }, "recipients": [{ "uid": to,
                    "login": format!("p{to}") }] } })
        };
        for to in ["1", "2"] {
            assert_eq!(
                names(&mut decoder, &gift(to)),
                [(From::Twitchat, "Twitchat.SUBSCRIPTION".into())]
            );
        }
        assert!(
            decoder
                .tick(jiff::Timestamp::from_millisecond(1_999).unwrap())
                .is_empty()
        );
        let emitted = decoder.tick(jiff::Timestamp::from_millisecond(2_000).unwrap());
        assert_eq!(
            emitted.iter().map(|line| &*line.name).collect::<Vec<_>>(),
            ["Twitch.GiftBomb", "Twitch.GiftSub", "Twitch.GiftSub"]
        );
        assert_eq!(
            (&emitted[0].data["gifts"], &emitted[1].data["fromSubBomb"]),
            (&json!(2), &json!(true))
        );
    }

    #[test]
    fn a_published_event_is_shown_if_a_bridge_would_accept_it() {
        let mut decoder = Decoder::default();
        let mut publish = |data: Value| {
            let publish = json!({ "source": "twitch", "type": "raid" });
            names(
                &mut decoder,
                &json!({ "request": "PublishEvent", "id": 1, "publish": publish, "data": data }),
            )
        };
        let asked = (From::Client, "Request.PublishEvent".to_owned());
        let raid = json!({ "userId": "7", "userName": "anna", "viewers": 3 });
        assert_eq!(
            publish(raid),
            [asked.clone(), (From::Mapped, "Twitch.Raid".into())]
        );
        assert_eq!(publish(json!({})), [asked]);
    }

    #[test]
    fn events_of_obs_itself_become_lines() {
        let mut decoder = Decoder::default();
        let at = jiff::Timestamp::UNIX_EPOCH;
        let version = twitchat_bridge::obs::Version {
            obs: "30.2.3".into(),
            websocket: "5.5.2".into(),
            platform: String::new(),
        };
        let up = decoder.up(
            &Info {
                version,
                scene: Some("Intro".into()),
            },
            at,
        );
        assert_eq!(
            (up.from, &*up.name, &up.data["connection"]["version"]),
            (From::Obs, "Obs.Connected", &json!("30.2.3"))
        );
        assert_eq!(decoder.scene("Intro", at), None);
        let scene = decoder.scene("Game", at).unwrap();
        assert_eq!(
            (
                &*scene.name,
                &scene.data["obs.sceneName"],
                &scene.data["oldScene"]["name"]
            ),
            ("Obs.SceneChanged", &json!("Game"), &json!("Intro"))
        );
        assert_eq!(
            (decoder.stream(true, at).name, decoder.down(at).name),
            ("Obs.StreamingStarted".into(), "Obs.Disconnected".into())
        );
    }

    #[test]
    fn the_json_of_a_line_has_the_keys_that_help_promises() {
        let line = Decoder::default().receive(
            &Received::read(r#"{"request":"GetInfo","id":3}"#).unwrap(),
            jiff::Timestamp::UNIX_EPOCH,
        );
        assert_eq!(
            serde_json::to_string(&line[0]).unwrap(),
            concat!(
                r#"{"at":"1970-01-01T00:00:00.000Z","from":"client","name":"Request.GetInfo","#,
                r#""id":3,"data":{"id":3,"request":"GetInfo"}}"#
            )
        );
    }
}
