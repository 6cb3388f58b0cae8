//! Checks whether OBS is reachable, and whether it has the scene and the source of the end credits.

use std::path::{Path, absolute};

use serde_json::Value;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::discovery::{Folders, discover, is_obs_running};
use twitchat_bridge::obs::{ConnectError, Options, RequestConnection, RequestError};
use twitchat_bridge::overlay;

use super::finding::Finding;

const BROWSER_SOURCE: &str = "browser_source";
const INSTALL: &str = "`twitchat-bridge overlay install` puts it there";

/// Connects to OBS, and reports each successful step. `None` if OBS cannot be reached.
pub(super) async fn check(
    config: &Config,
    findings: &mut Vec<Finding>,
) -> Option<RequestConnection> {
    let target = machine::target(config)();
    let error = match RequestConnection::connect(&target, &Options::default()).await {
        Ok(obs) => {
            let at = format!("{}:{}", target.host, target.port);
            findings.push(Finding::good("OBS", format!("OBS is reachable at {at}")));
            findings.push(Finding::good("password", "OBS accepts the password"));
            if let Ok(version) = obs.version().await {
                let text = format!("{}, obs-websocket {}", version.obs, version.websocket);
                findings.push(Finding::good("version", text));
            }
            return Some(obs);
        }
        Err(error) => error,
    };
    let text = error.to_string();
    // The second sentence of each error is the remedy.
    let (what, fix) = text.split_once(". ").unwrap_or((&text, ""));
    let folders = Folders::of_this_machine();
    let finding = match &error {
        ConnectError::PasswordMissing { .. } | ConnectError::PasswordRefused { .. } => {
            let here = "on OBS's own computer: remove the password from your settings, and the \
                bridge reads it from OBS's; elsewhere: copy it from Tools > WebSocket Server \
                Settings > Show Connect Info";
            Finding::problem("password", what, here)
        }
        ConnectError::TooOld { .. } => Finding::problem("version", what, fix),
        ConnectError::Refused { .. } => match discover(&folders).advice() {
            Some(advice) => Finding::problem("OBS", what, advice),
            None if config.is_obs_here() && !is_obs_running(&folders) => {
                Finding::problem("OBS", format!("{what}, and OBS does not seem to run"), fix)
            }
            None => Finding::problem("OBS", what, fix),
        },
        _ => Finding::problem("OBS", what, fix),
    };
    findings.push(finding);
    None
}

/// Checks whether OBS has browser sources, the page's scene and its source.
pub(super) async fn scene(obs: &RequestConnection, config: &Config) -> Vec<Finding> {
    match of_scene(obs, config).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::problem(
            "scene",
            format!("OBS does not answer: {error}"),
            "start OBS again",
        )],
    }
}

async fn of_scene(obs: &RequestConnection, config: &Config) -> Result<Vec<Finding>, RequestError> {
    let kinds = obs.input_kinds().await?;
    if !kinds.iter().any(|kind| kind == BROWSER_SOURCE) {
        return Ok(vec![Finding::problem(
            "browser",
            "this OBS has no browser sources, so it cannot show the page",
            "install the OBS of obsproject.com or of Flathub; or capture a browser's window with \
                the page, as `twitchat-bridge overlay install` explains",
        )]);
    }
    let mut findings = vec![Finding::good("browser", "OBS has browser sources")];
    let (scene, source) = (&config.overlay.scene, &config.overlay.source);
    if !obs.scenes().await?.contains(scene) {
        findings.push(Finding::problem(
            "scene",
            format!("OBS has no scene {scene:?}"),
            INSTALL,
        ));
        return Ok(findings);
    }
    findings.push(match obs.input(source).await? {
        None => Finding::problem("source", format!("OBS has no source {source:?}"), INSTALL),
        Some(input) if input.kind != BROWSER_SOURCE => Finding::problem(
            "source",
            format!(
                "the source {source:?} is not a browser source, but {}",
                input.kind
            ),
            "choose another name: overlay.source in the config file, then `twitchat-bridge overlay \
                install`",
        ),
        Some(input) => match shown_file(&input.settings) {
            _ if !obs.has(scene, source).await? => Finding::problem(
                "source",
                format!("the source {source:?} is not in the scene {scene:?}"),
                INSTALL,
            ),
            Some(file) if !file.exists() => Finding::problem(
                "source",
                format!(
                    "the source {source:?} shows {}, which does not exist",
                    file.display()
                ),
                INSTALL,
            ),
            Some(file) if is_usual(&file) => Finding::good(
                "source",
                format!("the source {source:?} in the scene {scene:?} shows the page"),
            ),
            _ => Finding::note(
                "source",
                format!("the source {source:?} shows another page than the installed one"),
            ),
        },
    });
    Ok(findings)
}

fn shown_file(settings: &Value) -> Option<std::path::PathBuf> {
    Some(settings.get("local_file")?.as_str()?.into())
}

fn is_usual(file: &Path) -> bool {
    let usual = overlay::usual_folder().and_then(|folder| absolute(folder.join("index.html")).ok());
    usual.is_some_and(|usual| usual == *file)
}
