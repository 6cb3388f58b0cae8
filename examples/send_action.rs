//! Marks messages in Twitchat's chat as read.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example send_action COUNT [HOST] [PORT] [16|17]
//! ```

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::env;

use anyhow::{Context, Result};
use twitchat_bridge::client::{Client, Options, actions::ChatFeedRead};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let count: i64 = args
        .next()
        .context("COUNT is missing: how many messages?")?
        .parse()
        .context("COUNT must be a whole number")?;
    let host = args.next().unwrap_or_else(|| "127.0.0.1".into());
    let port = args.next().map_or(Ok(4455), |port| port.parse());
    let mut options = Options::new(host, port.context("PORT must be a number")?);
    if let Ok(password) = env::var("OBS_PASSWORD") {
        options = options.password(password);
    }
    if let Some(version) = args.next() {
        options = options.twitchat_version(version.parse()?);
    }

    let client = Client::connect(options).await?;
    // The client checks the action before it sends anything: a COUNT of 0 is an error. To send an
    // action by its name: `NamedAction::new("CHAT_FEED_READ").field("count", count)`.
    let sent = client.send(&ChatFeedRead::new().count(count)).await?;
    println!(
        "OBS relayed {}; whether Twitchat acted on it, OBS cannot tell",
        sent.kind
    );
    client.close().await;
    Ok(())
}
