//! Checks the running bridge and its reports about Twitchat, the page, rules, labels and the
//! journal.

use serde_json::Value;
use twitchat_bridge::config::Config;
use twitchat_bridge::input;
use twitchat_bridge::obs::RequestConnection;

use super::bridges;
use super::finding::Finding;
use crate::cli::client;

pub(super) async fn check(obs: &RequestConnection, config: &Config, findings: &mut Vec<Finding>) {
    let (status, others) = bridges::own(bridges::ask(obs, config).await, config);
    let has_others = !others.is_empty();
    findings.extend(others);
    let Some(status) = status else {
        if has_others {
            return;
        }
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
                "the running bridge has version {version}, and this program is {}",
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
    findings.push(page(&status));
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
    if let Some(why) = text("/store/backups/error") {
        findings.push(Finding::problem(
            "backups",
            format!("the last backup of the journal failed: {why}"),
            "correct the cause, then make one with `twitchat-bridge store backup`",
        ));
    }
    if let Some(why) = text("/store/error") {
        findings.push(Finding::problem(
            "journal",
            format!("the bridge cannot write its journal: {why}"),
            "free space on the disk, or give yourself permission to write the file; the bridge \
                then stores everything",
        ));
    } else if is("/store/lost") {
        findings.push(Finding::problem(
            "journal",
            "entries of the journal were lost while the bridge ran: `twitchat-bridge status` shows \
                how",
            "they cannot be restored; the credits in memory are complete until the bridge ends",
        ));
    }
}

fn list<'a>(status: &'a Value, place: &str) -> &'a [Value] {
    let list = status.pointer(place).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// Checks whether a page of the end credits reports to the bridge.
fn page(status: &Value) -> Finding {
    let number = list(status, "/overlay/pages").len();
    let is_on_air = status.pointer("/overlay/shown") == Some(&Value::Bool(true));
    match (number, is_on_air) {
        (0, true) => Finding::problem(
            "page",
            "the scene of the credits is on air, but no page reports to the bridge",
            "select the source in OBS and click \"Refresh\"; if that does not help, \
                `twitchat-bridge overlay install`",
        ),
        (0, false) => Finding::good(
            "page",
            "no page is connected; while its scene is off air, it need not be",
        ),
        _ => {
            let pages = input::count(u64::try_from(number).unwrap_or(u64::MAX), "page");
            Finding::good("page", format!("{pages} of the end credits connected"))
        }
    }
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

/// Findings for the rules, actions or labels whose last run failed.
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
            "`twitchat-bridge labels install` creates the missing text sources"
        } else {
            "`twitchat-bridge rules test EVENT.json` shows what the rule would do"
        };
        Some(Finding::problem(check, format!("{name}: {why}"), fix))
    })
}
