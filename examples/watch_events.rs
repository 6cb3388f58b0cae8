//! Runs a bridge inside this program and prints the events of the model, as Streamer.bot would send
//! them.
//!
//! ```text
//! OBS_PASSWORD=… cargo run --example watch_events [HOST] [PORT] [STORE]
//! ```

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use twitchat_bridge::{
    config::Config,
    daemon::{self, Ended, Setup},
    obs::Target,
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
    let mut config = Config::default();
    config.store.path = args
        .next()
        .map_or_else(|| std::env::temp_dir().join("watch_events.db"), Into::into);

    let (told, mut events) = mpsc::channel(1_024);
    let setup = Setup {
        config,
        takeover: false,
        target: Arc::new(move || target.clone()),
        told: Some(told),
    };
    let stop = CancellationToken::new();
    let bridge = tokio::spawn(daemon::run(setup, stop.clone()));
    loop {
        tokio::select! {
            told = events.recv() => match told {
                Some(told) => println!("{} {} {}", told.seq, told.event.name, told.event.data),
                None => break,
            },
            _ = tokio::signal::ctrl_c() => stop.cancel(),
        }
    }
    match bridge.await?? {
        Ended::Stopped => Ok(()),
        Ended::OtherBridge { other } => anyhow::bail!("another bridge ({other}) serves this OBS"),
        Ended::Link(cause) => anyhow::bail!("{cause}"),
    }
}
