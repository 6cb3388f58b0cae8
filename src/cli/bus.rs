//! Talking over OBS for the length of one verb: ask the bridge and wait for its reply, or send and wait for the echo.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tokio::time::timeout;
use twitchat_bridge::event::Heard;
use twitchat_bridge::obs::{ConnectError, Listener, Options, Talker, Target};
use uuid::Uuid;

use super::failure::Failure;

/// What of a reply belongs to its envelope and not to the answer.
const ENVELOPE: [&str; 6] = ["origin", "bridge", "id", "client", "status", "seq"];

/// How long to wait for an answer.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Patience {
    /// Seconds to wait for the answer
    #[arg(long = "timeout", value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { within: Duration::from_secs(5) }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "it must be a number of seconds above 0".to_owned())
}

/// Both connections to OBS.
#[derive(Debug)]
pub(crate) struct Bus {
    listener: Listener,
    talker: Talker,
}

/// What tells a reply from everything else.
#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    id: Value,
    #[serde(borrow, default)]
    status: Option<&'a str>,
}

impl Bus {
    /// The listener first: it hears everything from then on, and tells failures best.
    pub(crate) async fn connect(target: &Target) -> Result<Self, ConnectError> {
        let options = Options::default();
        let listener = Listener::connect(target, &options).await?;
        Ok(Self { listener, talker: Talker::connect(target, &options).await? })
    }

    /// Asks the bridge. The reply is as it came, envelope included.
    pub(crate) async fn ask(
        &mut self,
        name: &str,
        mut fields: Map<String, Value>,
        patience: Patience,
    ) -> anyhow::Result<Map<String, Value>> {
        let id = fields.entry("id").or_insert_with(|| Uuid::new_v4().to_string().into()).clone();
        fields.insert("request".into(), name.into());
        self.talker.broadcast(&to_raw_value(&fields)?).await?;
        let is_reply = |heard: &Heard| matches!(heard, Heard::Bridge(whole) if answers(whole, &id));
        let no_answer = || Failure::NoAnswer { request: name.to_owned(), within: patience.within };
        match timeout(patience.within, self.hear(is_reply)).await.map_err(|_| no_answer())?? {
            Heard::Bridge(reply) => unless_refused(name, serde_json::from_str(reply.get())?),
            _ => Err(no_answer().into()),
        }
    }

    /// Sends a message to Twitchat and waits until OBS has sent it to everybody, ourselves included.
    pub(crate) async fn tell(&mut self, kind: &str, id: &str, envelope: &Map<String, Value>, patience: Patience) -> anyhow::Result<()> {
        self.talker.broadcast(&to_raw_value(envelope)?).await?;
        let is_echo = |heard: &Heard| matches!(heard, Heard::Twitchat(message) if message.id.as_deref() == Some(id));
        let no_echo = |_| Failure::NoEcho { kind: kind.to_owned(), within: patience.within };
        timeout(patience.within, self.hear(is_echo)).await.map_err(no_echo)??;
        Ok(())
    }

    /// The next message that is wanted.
    async fn hear(&mut self, wanted: impl Fn(&Heard) -> bool) -> Result<Heard, twitchat_bridge::obs::Gone> {
        loop {
            let batch = self.listener.next().await?;
            if let Some(found) = batch.events.iter().find(|heard| wanted(heard)) {
                return Ok(found.clone());
            }
        }
    }
}

fn answers(whole: &RawValue, id: &Value) -> bool {
    serde_json::from_str::<Envelope<'_>>(whole.get()).is_ok_and(|reply| reply.status.is_some() && reply.id == *id)
}

/// The reply unless it is an error.
fn unless_refused(name: &str, reply: Map<String, Value>) -> anyhow::Result<Map<String, Value>> {
    if reply.get("status").and_then(Value::as_str) == Some("ok") {
        return Ok(reply);
    }
    let why = reply.get("error").and_then(Value::as_str).unwrap_or("it does not say why").to_owned();
    Err(Failure::Refused { request: name.to_owned(), why }.into())
}

/// The answer without its envelope.
pub(crate) fn answer(mut reply: Map<String, Value>) -> Map<String, Value> {
    for key in ENVELOPE {
        reply.remove(key);
    }
    reply
}
