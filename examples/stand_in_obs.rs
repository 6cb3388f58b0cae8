//! A stand-in OBS for testing overlays and scripts: an obs-websocket v5 server on loopback that
//! renders nothing. It is for programs that are not written in Rust; Rust programs can use
//! `sim::obs` itself.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example stand_in_obs [PORT]
//! ```
//!
//! It prints `{"url":"ws://127.0.0.1:PORT"}` when it listens. A line `restart` on standard input
//! restarts it on the same port, as a user restarts OBS; then it prints the first line again. It
//! ends when its standard input ends.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::env;
use std::io::stdin;

use anyhow::{Context, Result, bail};
use serde_json::json;
use tokio::runtime::Runtime;
use twitchat_bridge::sim::obs::{Options, StandIn};

fn main() -> Result<()> {
    let port = env::args()
        .nth(1)
        .map_or(Ok(0), |port| port.parse())
        .context("PORT is a number")?;
    let password = env::var("OBS_PASSWORD").ok().map(Into::into);
    let runtime = Runtime::new()?;
    let obs = runtime.block_on(StandIn::start(Options {
        port,
        password,
        ..Options::default()
    }))?;
    println!("{}", json!({ "url": obs.url() }));
    for line in stdin().lines() {
        match line?.trim() {
            "restart" => runtime.block_on(async {
                obs.stop().await;
                obs.start_again().await
            })?,
            other => bail!("{other:?} is not known here: a line may say restart"),
        }
        println!("{}", json!({ "url": obs.url() }));
    }
    Ok(())
}
