//! Prints the events of a running bridge, as Streamer.bot would send them.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example watch_events [HOST] [PORT] [EVENT…]
//! ```
//!
//! An EVENT is written as `Source.Type` or `Source.*`, such as `Twitch.Follow`. Without any, the
//! example prints the events of Twitch. Ctrl-C ends it.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::env;

use anyhow::{Context, Result};
use twitchat_bridge::client::{Client, Options, Update};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let host = args.next().unwrap_or_else(|| "127.0.0.1".into());
    let port = args.next().map_or(Ok(4455), |port| port.parse());
    let mut options = Options::new(host, port.context("PORT must be a number")?);
    if let Ok(password) = env::var("OBS_PASSWORD") {
        options = options.password(password);
    }
    let mut names: Vec<String> = args.collect();
    if names.is_empty() {
        names.push("Twitch.*".into());
    }

    let client = Client::connect(options).await?;
    let mut events = client.subscribe(&names).await?;
    loop {
        tokio::select! {
            update = events.next() => match update {
                Some(Update::Event(event)) => {
                    println!("{} {} {}", event.seq(), event.name(), event.json());
                }
                Some(other) => println!("{other:?}"),
                None => return Err(client.disconnected().await.into()),
            },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    client.close().await;
    Ok(())
}
