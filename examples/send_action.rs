//! Marks messages of Twitchat's chat as read: the typed form of an action, put into the words of
//! the Twitchat that listens, and its echo.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example send_action COUNT [HOST] [PORT] [16|17]
//! ```

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use anyhow::{Context, Result};
use serde_json::value::to_raw_value;
use twitchat_bridge::{
    event::Heard,
    obs::{Listener, Options, Talker, Target},
    twitchat::{
        Generation,
        action::{ChatFeedRead, Order},
    },
};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let count: i64 = args
        .next()
        .context("how many messages?")?
        .parse()
        .context("COUNT is a whole number")?;
    let target = Target {
        host: args.next().unwrap_or_else(|| "127.0.0.1".into()),
        port: args
            .next()
            .map_or(Ok(4455), |port| port.parse())
            .context("PORT is a number")?,
        tls: false,
        password: std::env::var("OBS_PASSWORD").ok().map(Into::into),
    };
    let generation: Option<Generation> = args.next().map(|version| version.parse()).transpose()?;
    // Checked here: a count of 0 would be an error that says what is allowed. By name:
    // `action::prepare("CHAT_FEED_READ", data, generation)`.
    let action = ChatFeedRead::new().count(count).prepare(generation)?;

    let mut listener = Listener::connect(&target, &Options::default()).await?;
    let talker = Talker::connect(&target, &Options::default()).await?;
    let id = uuid::Uuid::new_v4().to_string();
    talker
        .broadcast(&to_raw_value(&action.envelope(&id))?)
        .await?;

    let echo = async {
        loop {
            let batch = listener.next().await?;
            if batch.events.iter().any(|heard| {
                matches!(heard,
                Heard::Twitchat(message) if message.id.as_deref() == Some(id.as_str()))
            }) {
                return Ok::<(), anyhow::Error>(());
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), echo)
        .await
        .context("OBS did not relay it in time")??;
    println!(
        "OBS relayed {}; whether Twitchat acted on it, OBS cannot tell",
        action.kind
    );
    Ok(())
}
