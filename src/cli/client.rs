//! The connection of one verb to the bridge, its timeout, and the fields that all replies have.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
pub(crate) use twitchat_bridge::client::Error;
use twitchat_bridge::client::{Client, Options};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::Target;
use twitchat_bridge::request::reply::DURABLE;

use super::{out, span};

const NOT_DURABLE: &str = "the bridge has this only in memory, and its journal is not complete: \
    `twitchat-bridge status` shows why";

/// The keys that all replies of the bridge have.
const ENVELOPE: [&str; 6] = ["origin", "bridge", "id", "client", "status", "seq"];

/// How long to wait for each reply, echo or answer.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Timeout {
    /// How long to wait for the answer
    #[arg(long = "timeout", value_name = "DURATION", default_value = "5s",
        value_parser = span::read, allow_negative_numbers = true)]
    timeout: Duration,
}

impl Timeout {
    pub(crate) fn of(timeout: Duration) -> Self {
        Self { timeout }
    }
}

impl Default for Timeout {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
        }
    }
}

/// Connects to the OBS that `target` returns. The client calls `target` again before each attempt
/// to reconnect.
pub(crate) async fn connect(
    target: Arc<dyn Fn() -> Target + Send + Sync>,
    Timeout { timeout }: Timeout,
) -> Result<Client, Error> {
    Client::connect(Options::read_from(target).timeout(timeout)).await
}

/// Makes a request to the bridge and returns the reply with its envelope. Warns if the reply is not
/// durable.
pub(crate) async fn request(
    client: &Client,
    name: &str,
    fields: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let reply = client.request_raw(name, fields).await?;
    if reply.get(DURABLE) == Some(&Value::Bool(false)) {
        out::warn(NOT_DURABLE);
    }
    Ok(reply)
}

/// How long to look for a bridge that may not be running.
const LOOK_FOR: Duration = Duration::from_secs(1);

/// Warns if the bridge on this OBS uses another config than this command. Does nothing if no bridge
/// replies, or if the bridge does not report its config.
pub(crate) async fn warn_of_another_config(config: &Config) {
    let ask = async {
        let client = connect(machine::target(config), Timeout { timeout: LOOK_FOR }).await?;
        client.request_raw("GetStatus", Map::new()).await
    };
    if let Ok(Ok(status)) = tokio::time::timeout(LOOK_FOR, ask).await
        && let Some(difference) = another_config(&Value::from(status), config)
    {
        out::warn(&difference);
    }
}

/// The warning if the bridge with this status uses another config; `None` if it uses the same.
pub(crate) fn another_config(status: &Value, config: &Config) -> Option<String> {
    let theirs = status.pointer("/run/config")?;
    let ours = config.file.as_ref();
    if theirs.as_str() == ours.map(|file| &*file.digest) {
        return None;
    }
    if let Some(error) = status.pointer("/run/configError").and_then(Value::as_str) {
        return Some(format!(
            "the running bridge keeps its former settings, because the config file had errors: \
                {error}"
        ));
    }
    Some(match ours {
        Some(file) => format!(
            "the running bridge does not use the current contents of {}: start it again to \
                use them",
            file.path.display()
        ),
        None => "the running bridge has a config file, but this command has none: name the file \
            with --config"
            .to_owned(),
    })
}

/// A reply without its envelope.
pub(crate) fn answer(mut reply: Map<String, Value>) -> Map<String, Value> {
    for key in ENVELOPE {
        reply.remove(key);
    }
    reply
}
