//! Checks of the running bridge, and of everything that it reports: Twitchat, the page, rules,
//! labels, the journal.

use std::time::Duration;

use serde_json::{Map, Value};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::request::status_keys;

use super::finding::Finding;
use crate::cli::client::{self, Timeout};

const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

pub(super) async fn check(config: &Config, findings: &mut Vec<Finding>) {
    let Some(status) = status(config).await else {
        findings.push(Finding::problem(
            "bridge",
            "no bridge answers on this OBS",
            "start it: `twitchat-bridge run`, or `twitchat-bridge setup` so that it starts by \
                itself",
        ));
        return;
    };
    let text = |place: &str| status.pointer(place).and_then(Value::as_str);
    let is = |place: &str| status.pointer(place) == Some(&Value::Bool(true));
    let version = text("/run/version").unwrap_or("of an unknown version");
    findings.push(if version == env!("CARGO_PKG_VERSION") {
        Finding::good("bridge", format!("a bridge runs, version {version}"))
    } else {
        Finding::problem(
            "bridge",
            format!(
                "the bridge that runs is version {version}, and this program is {}",
                env!("CARGO_PKG_VERSION")
            ),
            "start the bridge again",
        )
    });
    if let Some(difference) = client::another_config(&status, config) {
        findings.push(Finding::problem(
            "settings",
            difference,
            "start the bridge again",
        ));
    }
    findings.push(twitchat(&status));
    if is("/overlay/shown") && list(&status, "/overlay/pages").is_empty() {
        findings.push(Finding::problem(
            "page",
            "the scene of the credits is on air, but no page reports to the bridge",
            "select the source in OBS and click \"Refresh\"; if that does not help, \
                `twitchat-bridge overlay install`",
        ));
    }
    let warnings = list(&status, "/overlay/pages")
        .iter()
        .flat_map(|page| list(page, "/warnings"))
        .filter_map(Value::as_str);
    findings.extend(
        warnings.map(|warning| Finding::note("page", format!("the page reports: {warning}"))),
    );
    findings.extend(failures(&status, "/rules", "rules", "name", "lastError"));
    findings.extend(failures(&status, "/actions", "rules", "name", "lastError"));
    findings.extend(failures(&status, "/labels", "labels", "source", "error"));
    if let Some(why) = text("/store/error") {
        findings.push(Finding::problem(
            "journal",
            format!("the bridge cannot write its journal: {why}"),
            "free space on the disk, or give yourself the right to write the file; the bridge \
                then stores everything",
        ));
    } else if is("/store/lost") {
        findings.push(Finding::problem(
            "journal",
            "entries of the journal were lost while the bridge ran: `twitchat-bridge status` says \
                how",
            "nothing can bring them back; the credits are complete in memory until the bridge ends",
        ));
    }
}

/// The status of the bridge. `None` if no bridge answers.
async fn status(config: &Config) -> Option<Value> {
    let client = client::connect(machine::target(config), Timeout::default())
        .await
        .ok()?
        .with_timeout(ANSWERS_WITHIN);
    let reply = client.request_raw("GetStatus", Map::new()).await.ok()?;
    let mut status = Value::from(client::answer(reply));
    status_keys::add_both_names(&mut status);
    Some(status)
}

fn list<'a>(status: &'a Value, place: &str) -> &'a [Value] {
    let list = status.pointer(place).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

fn twitchat(status: &Value) -> Finding {
    let is = |place: &str| status.pointer(place) == Some(&Value::Bool(true));
    if !is("/twitchat/present") {
        return Finding::problem(
            "Twitchat",
            "Twitchat is closed, or connected to another OBS",
            "open it, and compare Settings > OBS there with Tools > WebSocket Server Settings > \
                Show Connect Info in OBS. If Twitchat runs on another computer than OBS: \
                docs/two-computers.md has recipes for ssh and TLS",
        );
    }
    let name = status.pointer("/twitchat/generationName");
    let name = name.and_then(Value::as_str).unwrap_or("Twitchat");
    if is("/twitchat/twoPages") {
        Finding::problem(
            "Twitchat",
            format!("{name} is open twice on this OBS"),
            "close one of the two, such as the dock in OBS or the page in the browser",
        )
    } else {
        Finding::good("Twitchat", format!("{name} is connected"))
    }
}

/// The rules, actions or labels whose last run failed.
fn failures<'a>(
    status: &'a Value,
    place: &str,
    check: &'static str,
    name: &'a str,
    error: &'a str,
) -> impl Iterator<Item = Finding> + use<'a> {
    list(status, place).iter().filter_map(move |one| {
        let why = one.get(error)?.as_str()?;
        let name = one.get(name)?.as_str()?;
        let fix = if check == "labels" {
            "`twitchat-bridge labels install` makes the text sources that are missing"
        } else {
            "`twitchat-bridge rules test EVENT.json` shows what the rule would do"
        };
        Some(Finding::problem(check, format!("{name}: {why}"), fix))
    })
}
