//! Asks the bridge for its credits and prints one line per list of names.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example relay_credits [HOST] [PORT]
//! ```

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::env;

use anyhow::{Context, Result};
use twitchat_bridge::client::{Client, Options, requests::GetCredits};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let host = args.next().unwrap_or_else(|| "127.0.0.1".into());
    let port = args.next().map_or(Ok(4455), |port| port.parse());
    let mut options = Options::new(host, port.context("PORT must be a number")?);
    if let Ok(password) = env::var("OBS_PASSWORD") {
        options = options.password(password);
    }

    let client = Client::connect(options).await?;
    let credits = client.request(&GetCredits::new()).await?;
    for (list, names) in &credits.body.events {
        println!("{list}: {}", names.join(", "));
    }
    client.close().await;
    Ok(())
}
