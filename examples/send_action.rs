//! Sends Twitchat an action over OBS and waits for its echo.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example send_action CHAT_FEED_READ '{"count":5}' [HOST] [PORT]
//! ```

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use anyhow::{Context, Result};
use serde_json::{Value, json, value::to_raw_value};
use twitchat_bridge::{
    event::Heard,
    obs::{Listener, Options, Talker, Target},
};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let action = args.next().context("which action? For example: send_action CHAT_FEED_READ '{\"count\":5}'")?;
    // Twitchat's handlers expect an object, even where they want nothing in it.
    let data: Value = serde_json::from_str(&args.next().unwrap_or_else(|| "{}".into())).context("the data is not JSON")?;
    let target = Target {
        host: args.next().unwrap_or_else(|| "127.0.0.1".into()),
        port: args.next().map_or(Ok(4455), |port| port.parse()).context("PORT is a number")?,
        tls: false,
        password: std::env::var("OBS_PASSWORD").ok().map(Into::into),
    };
    let mut listener = Listener::connect(&target, &Options::default()).await?;
    let talker = Talker::connect(&target, &Options::default()).await?;
    let id = uuid::Uuid::new_v4().to_string();
    let envelope = json!({ "origin": "twitchat", "type": action, "id": id, "data": data });
    talker.broadcast(&to_raw_value(&envelope)?).await?;

    let echo = async {
        loop {
            let batch = listener.next().await?;
            if batch.events.iter().any(|heard| matches!(heard, Heard::Twitchat(message) if message.id.as_deref() == Some(id.as_str()))) {
                return Ok::<(), anyhow::Error>(());
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), echo).await.context("OBS did not relay it in time")??;
    println!("OBS relayed {action}; whether Twitchat acted on it, OBS cannot tell");
    Ok(())
}
