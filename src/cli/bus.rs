//! Talking over OBS for the length of one verb: ask the bridge and wait for its reply, or send and
//! wait for the echo.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tokio::time::timeout;
use twitchat_bridge::event::{Heard, Message};
use twitchat_bridge::obs::{ConnectError, Listener, Options, Talker, Target};
use twitchat_bridge::request::reply::DURABLE;
use twitchat_bridge::twitchat::action::Expected;
use uuid::Uuid;

use super::failure::Failure;
use super::{out, span};

/// Of a reply that a crash may take back.
const NOT_DURABLE: &str = "the bridge has this in memory only, its journal does not hold all of \
    it: `twitchat-bridge status` says why";

/// What of a reply belongs to its envelope and not to the answer.
const ENVELOPE: [&str; 6] = ["origin", "bridge", "id", "client", "status", "seq"];

/// How long to wait for an answer.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Patience {
    /// How long to wait for the answer
    #[arg(long = "timeout", value_name = "DURATION", default_value = "5s",
        value_parser = span::read)]
    within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(5),
        }
    }
}

/// Both connections to OBS.
#[derive(Debug)]
pub(crate) struct Bus {
    listener: Listener,
    talker: Talker,
}

/// A message to Twitchat.
#[derive(Debug)]
pub(crate) struct Telling<'a> {
    /// Its type.
    pub(crate) kind: &'a str,
    /// Its id, by which its echo is known.
    pub(crate) id: &'a str,
    /// The whole of it.
    pub(crate) envelope: &'a Map<String, Value>,
    /// Whose first is the answer, if one is wanted.
    pub(crate) awaits: Option<&'a [Expected]>,
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
    /// Both at once. Of two failures the listener's counts: it tells them best.
    pub(crate) async fn connect(target: &Target) -> Result<Self, ConnectError> {
        let options = Options::default();
        let (listener, talker) = tokio::join!(
            Box::pin(Listener::connect(target, &options)),
            Box::pin(Talker::connect(target, &options))
        );
        Ok(Self {
            listener: listener?,
            talker: talker?,
        })
    }

    /// Asks the bridge. The reply is as it came, envelope included.
    pub(crate) async fn ask(
        &mut self,
        name: &str,
        mut fields: Map<String, Value>,
        patience: Patience,
    ) -> anyhow::Result<Map<String, Value>> {
        let id = fields
            .entry("id")
            .or_insert_with(|| Uuid::new_v4().to_string().into())
            .clone();
        fields.insert("request".into(), name.into());
        self.talker.broadcast(&to_raw_value(&fields)?).await?;
        let is_reply = |heard: &Heard| matches!(heard, Heard::Bridge(whole) if answers(whole, &id));
        let no_answer = || Failure::NoAnswer {
            request: name.to_owned(),
            within: patience.within,
        };
        match timeout(patience.within, self.hear(is_reply))
            .await
            .map_err(|_| no_answer())??
        {
            Heard::Bridge(reply) => {
                let reply = unless_refused(name, serde_json::from_str(reply.get())?)?;
                if reply.get(DURABLE) == Some(&Value::Bool(false)) {
                    out::warn(NOT_DURABLE);
                }
                Ok(reply)
            }
            _ => Err(no_answer().into()),
        }
    }

    /// Sends a message to Twitchat and waits until OBS has sent it to everybody, ourselves
    /// included, and until somebody has answered it if an answer is wanted; gives the answer's
    /// data.
    pub(crate) async fn tell(
        &mut self,
        telling: &Telling<'_>,
        patience: Patience,
    ) -> anyhow::Result<Option<Value>> {
        let message = to_raw_value(telling.envelope)?;
        let (mut echoed, mut answer) = (false, None);
        let told = async {
            let sending = self.talker.broadcast(&message);
            tokio::pin!(sending);
            let mut sent = false;
            // OBS keeps no order between its reply, the echo and the answer.
            while !(sent && echoed && (answer.is_some() || telling.awaits.is_none())) {
                tokio::select! {
                    result = &mut sending, if !sent => {
                        result?;
                        sent = true;
                    }
                    batch = self.listener.next() => {
                        for heard in &batch?.events {
                            let Heard::Twitchat(message) = heard else { continue };
                            if message.id.as_deref() == Some(telling.id) {
                                echoed = true;
                            } else if answer.is_none() {
                                answer = telling.awaits.and_then(|awaits| answer_in(message,
                                    awaits));
                            }
                        }
                    }
                }
            }
            Ok::<(), anyhow::Error>(())
        };
        match timeout(patience.within, told).await {
            Ok(done) => done?,
            Err(_) if echoed => {
                return Err(Failure::NoReaction {
                    kind: telling.kind.into(),
                    within: patience.within,
                }
                .into());
            }
            Err(_) => {
                return Err(Failure::NoEcho {
                    kind: telling.kind.into(),
                    within: patience.within,
                }
                .into());
            }
        }
        Ok(answer)
    }

    /// For requests to OBS itself.
    pub(crate) fn talker(&self) -> &Talker {
        &self.talker
    }

    /// Lets time pass; what is heard meanwhile is let go.
    pub(crate) async fn idle(&mut self, time: Duration) -> Result<(), twitchat_bridge::obs::Gone> {
        timeout(time, self.hear(|_| false))
            .await
            .map_or(Ok(()), |heard| heard.map(drop))
    }

    /// The next message that is wanted.
    async fn hear(
        &mut self,
        wanted: impl Fn(&Heard) -> bool,
    ) -> Result<Heard, twitchat_bridge::obs::Gone> {
        loop {
            let batch = self.listener.next().await?;
            if let Some(found) = batch.events.iter().find(|heard| wanted(heard)) {
                return Ok(found.clone());
            }
        }
    }
}

/// The data of a message if it is one of those awaited.
fn answer_in(message: &Message, awaits: &[Expected]) -> Option<Value> {
    let data = || {
        message.data.as_deref().map_or(Value::Null, |data| {
            serde_json::from_str(data.get()).unwrap_or_default()
        })
    };
    let expected = awaits
        .iter()
        .filter(|expected| expected.kinds.contains(&&*message.kind));
    expected
        .map(|expected| (expected, data()))
        .find(|(expected, data)| expected.is(&message.kind, data))
        .map(|(_, data)| data)
}

fn answers(whole: &RawValue, id: &Value) -> bool {
    serde_json::from_str::<Envelope<'_>>(whole.get())
        .is_ok_and(|reply| reply.status.is_some() && reply.id == *id)
}

/// The reply unless it is an error.
fn unless_refused(name: &str, reply: Map<String, Value>) -> anyhow::Result<Map<String, Value>> {
    if reply.get("status").and_then(Value::as_str) == Some("ok") {
        return Ok(reply);
    }
    let why = reply
        .get("error")
        .and_then(Value::as_str)
        .unwrap_or("it does not say why")
        .to_owned();
    Err(Failure::Refused {
        request: name.to_owned(),
        why,
    }
    .into())
}

/// The answer without its envelope.
pub(crate) fn answer(mut reply: Map<String, Value>) -> Map<String, Value> {
    for key in ENVELOPE {
        reply.remove(key);
    }
    reply
}
