//! Asks the bridge on an OBS for its credits and prints one line per section.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example relay_credits [HOST] [PORT]
//! ```

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use anyhow::{Context, Result, bail};
use serde_json::{Value, json, value::to_raw_value};
use twitchat_bridge::{
    event::Heard,
    obs::{Listener, Options, Talker, Target},
};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let target = Target {
        host: args.next().unwrap_or_else(|| "127.0.0.1".into()),
        port: args
            .next()
            .map_or(Ok(4455), |port| port.parse())
            .context("PORT is a number")?,
        tls: false,
        password: std::env::var("OBS_PASSWORD").ok().map(Into::into),
    };
    // Listen first, so that the reply cannot be missed; ask on a connection of its own, so that it
    // comes without delay.
    let mut listener = Listener::connect(&target, &Options::default()).await?;
    let talker = Talker::connect(&target, &Options::default()).await?;
    let request = json!({ "request": "GetCredits", "id": "relay", "spelling": "seed",
        "client": "relay_credits" });
    talker.broadcast(&to_raw_value(&request)?).await?;

    let reply = tokio::time::timeout(std::time::Duration::from_secs(5), reply(&mut listener));
    let reply = reply
        .await
        .context("no bridge answered: is `twitchat-bridge run` running?")??;
    for (section, names) in reply
        .get("Events")
        .and_then(Value::as_object)
        .context("the reply has no Events")?
    {
        println!(
            "{section}: {}",
            names
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    Ok(())
}

/// The reply to our request: our own question comes back too, but only a bridge answers with its
/// origin.
async fn reply(listener: &mut Listener) -> Result<Value> {
    loop {
        for heard in listener.next().await?.events {
            let Heard::Bridge(whole) = heard else {
                continue;
            };
            let message: Value = serde_json::from_str(whole.get())?;
            let text = |key| message.get(key).and_then(Value::as_str);
            match (text("id"), text("status")) {
                (Some("relay"), Some("ok")) => return Ok(message),
                (Some("relay"), Some("error")) => {
                    bail!("the bridge refused: {}", text("error").unwrap_or_default())
                }
                _ => {}
            }
        }
    }
}
