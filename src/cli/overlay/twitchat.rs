//! Twitchat's settings of its own end credits: asks Twitchat for them over OBS.

use std::time::Duration;

use serde_json::value::to_raw_value;
use twitchat_bridge::client::actions::GetSummaryData;
use twitchat_bridge::client::{Client, Error, NamedAction};
use twitchat_bridge::config::{Config, Origin};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::twitchat::credits_settings::{self, InSummary, Params};
use twitchat_bridge::twitchat::question;

use crate::cli::client::{self, Timeout};

/// How long an offer waits for Twitchat.
const OFFERS_WITHIN: Duration = Duration::from_secs(1);
/// How often Twitchat is asked. An answer may belong to the question of another client, which did
/// not ask for the settings.
const TRIES: usize = 3;

/// Asks Twitchat for its settings. They are `None` if the user has never set its end credits up.
pub(super) async fn ask(client: &Client) -> Result<InSummary, Error> {
    // Every version answers this, and the client learns which one it is.
    client.query(&NamedAction::new(question::probe().0)).await?;
    let mut found = InSummary::default();
    for _ in 0..TRIES {
        // A summary since now is short.
        let question = GetSummaryData::new().since(now_ms()).settings(true);
        let answer = client.query(&question).await?;
        if let Ok(raw) = to_raw_value(&answer) {
            found = credits_settings::in_summary(&raw);
        }
        if found.params.is_some() {
            break;
        }
    }
    Ok(found)
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The number of sections in Twitchat's end credits, if the page could follow them: the config
/// says nothing about it and has no sections of its own. `None` also if Twitchat does not answer.
pub(crate) async fn offer(config: &Config) -> Option<usize> {
    let is_open = |key| *config.origin(key) == Origin::Default;
    if !is_open("overlay.follow") || !is_open("overlay.section") {
        return None;
    }
    let timeout = Timeout::of(OFFERS_WITHIN);
    let client = client::connect(machine::target(config), timeout)
        .await
        .ok()?;
    let params = ask(&client).await.ok()?.params?;
    let slots = Params(&params).slots();
    Some(slots.filter(|slot| slot.is_not_off("enabled")).count()).filter(|sections| *sections > 0)
}

/// The sentence that offers to follow end credits with so many sections.
pub(crate) fn offered(sections: usize) -> String {
    format!(
        "Twitchat has end credits with {} set up. `twitchat-bridge config set overlay.follow \
            twitchat` lets the page follow its settings page from now on; `twitchat-bridge overlay \
            import` copies the settings into the config file",
        twitchat_bridge::input::count(u64::try_from(sections).unwrap_or(u64::MAX), "section")
    )
}
