//! The steps that `setup` has postponed. `run` does them as soon as OBS is reachable.

use std::time::Duration;

use tracing::{info, warn};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::{Options, RequestConnection};

use super::record::Record;

/// The pause between two attempts to reach OBS.
const PAUSE: Duration = Duration::from_millis(500);

/// Puts the page into OBS once OBS is reachable, if a setup has postponed it. Never returns, so
/// that it can run beside the bridge.
pub(crate) async fn make_up_for(config: &Config) {
    if let Some(place) = Record::read().postponed {
        let target = machine::target(config);
        let obs = loop {
            match RequestConnection::connect(&target(), &Options::default()).await {
                Ok(obs) => break obs,
                // The bridge reports why it cannot connect.
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        };
        match place.put(&obs).await {
            Ok(placed) => {
                for note in &placed.notes {
                    info!("setup: {note}");
                }
                if let Err(error) = Record::change(|record| record.placed(&place, &placed)) {
                    warn!("setup: {error:#}");
                }
            }
            Err(error) => warn!("setup: the page is not in OBS: {error:#}"),
        }
    }
    std::future::pending::<()>().await;
}
