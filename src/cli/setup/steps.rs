//! The steps of `setup`, one after the other.

use std::path::absolute;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Map, json};
use twitchat_bridge::autostart::obs_script::InObs;
use twitchat_bridge::autostart::{self, Existing, Outcome, dock, obs_script, service};
use twitchat_bridge::client::{Client, NamedAction};
use twitchat_bridge::config::{Config, SettingChange};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::discovery::{Folders, discover, is_obs_running};
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::overlay;
use twitchat_bridge::twitchat::question;

use super::ask;
use super::choices::{Autostart, Choices};
use super::record::Record;
use super::report::Report;
use crate::cli::client::{self, Timeout};
use crate::cli::context::Context;
use crate::cli::overlay::{Place, offer, offered};
use crate::cli::{autostart as launching, out, panel, screen};

/// How long a bridge that was just started may take to answer.
const STARTS_WITHIN: Duration = Duration::from_secs(5);
/// How long to wait for Twitchat's answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// The indentation of the texts of a step, in cells.
const INDENT: usize = 3;
/// The number of made-up people in the test roll.
const NAMES: u32 = 40;
const RUN: &str = "start the bridge: `twitchat-bridge run`";
const START_OBS: &str = "start OBS: the bridge connects by itself";

pub(super) async fn all(
    args: Choices,
    context: &Context,
    report: &mut Report,
) -> anyhow::Result<()> {
    let config = context.config()?;
    let obs = find_obs(args, &config, report).await?;
    title(2, "Twitchat: it must be connected to the same OBS.")?;
    let mut has_twitchat = false;
    if obs.is_some() {
        has_twitchat = check_twitchat(&config, report).await;
    } else {
        show("It can be checked when OBS is there: `twitchat-bridge doctor`.")?;
    }
    install_page(args, &config, obs.as_ref(), report).await?;
    if has_twitchat {
        offer_to_follow(args, context, &config, report).await?;
    }
    install_panel(args, &config, report)?;
    install_autostart(args, context, obs.is_some(), report)?;
    if obs.is_some() && !args.no_test {
        roll_test(args, context, &config, report).await?;
    }
    Ok(())
}

fn title(number: u8, text: &str) -> anyhow::Result<()> {
    let text = screen::hanging(&format!("{number}. "), text, INDENT, screen::width());
    Ok(out::line(format!("\n{text}"))?)
}

/// Prints the explanation of a step.
fn show(text: &str) -> anyhow::Result<()> {
    let width = screen::width();
    for line in text.lines() {
        let line = out::clean(line);
        out::line(screen::hanging(&" ".repeat(INDENT), &line, INDENT, width))?;
    }
    Ok(())
}

/// Connects to OBS. `None` if OBS cannot be reached, and the user continues without it.
async fn find_obs(
    args: Choices,
    config: &Config,
    report: &mut Report,
) -> anyhow::Result<Option<RequestConnection>> {
    title(1, "OBS: the bridge connects to OBS's WebSocket server.")?;
    loop {
        // Read again each time: the user may have changed a setting or the password in OBS.
        let target = machine::target(config)();
        let found = RequestConnection::connect(&target, &Options::default()).await;
        let error = match found {
            Ok(obs) => {
                let version = obs.version().await?;
                show(&format!(
                    "OBS {} is there, with obs-websocket {}.",
                    version.obs, version.websocket
                ))?;
                return Ok(Some(obs));
            }
            Err(error) => error,
        };
        let folders = Folders::of_this_machine();
        let advice = match discover(&folders).advice() {
            Some(advice) => format!("{error}; {advice}"),
            None if !is_obs_running(&folders) => format!("OBS does not seem to run: {error}"),
            None => error.to_string(),
        };
        show(&advice)?;
        if args.yes {
            report.left.push(START_OBS.into());
            return Ok(None);
        }
        let choices = [
            "Try again, now that I have changed it",
            "Go on without OBS; the bridge does the rest when OBS is there",
        ];
        if ask::one_of("OBS cannot be reached.", &choices)? != Some(0) {
            report.left.push(START_OBS.into());
            return Ok(None);
        }
    }
}

/// Asks Twitchat a question that every version answers. Returns whether it answers.
async fn check_twitchat(config: &Config, report: &mut Report) -> bool {
    let answer = async {
        let client = client::connect(machine::target(config), Timeout::default()).await?;
        let client = client.with_timeout(ANSWERS_WITHIN);
        client.query(&NamedAction::new(question::probe().0)).await
    };
    let answers = answer.await.is_ok();
    if answers {
        drop(show("Twitchat answers."));
    } else {
        drop(show("Twitchat does not answer."));
        report.left.push(
            "open Twitchat, and connect it to OBS: in Twitchat, Settings > OBS, with the port and \
                the password that OBS shows under Tools > WebSocket Server Settings > Show \
                Connect Info"
                .into(),
        );
    }
    answers
}

/// Offers to follow the end credits that are set up in Twitchat.
async fn offer_to_follow(
    args: Choices,
    context: &Context,
    config: &Config,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Some(sections) = offer(config).await else {
        return Ok(());
    };
    if args.yes {
        // It changes the look, so nobody gets it unasked.
        report
            .left
            .push(format!("if you like: {}", offered(sections)));
        return show(&offered(sections));
    }
    let question = "Twitchat has end credits set up. Is the page to have Twitchat's settings?";
    if ask::yes(question)? {
        let change = SettingChange::of_text("overlay.follow", "twitchat")?;
        let changed = machine::change_setting(context.flags(), &change)?;
        let path = changed.path.display();
        show("The page follows the settings page of the end credits in Twitchat.")?;
        report
            .changed
            .push(format!("set overlay.follow = \"twitchat\" in {path}"));
    }
    Ok(())
}

/// Writes the page to the disk, and puts it into OBS, now or later.
async fn install_page(
    args: Choices,
    config: &Config,
    obs: Option<&RequestConnection>,
    report: &mut Report,
) -> anyhow::Result<()> {
    title(
        3,
        "The end credits: a page on your disk, in a scene of its own.",
    )?;
    let question = format!(
        "Install the page, with the scene {:?}?",
        config.overlay.scene
    );
    if !args.yes && !ask::yes(&question)? {
        return Ok(());
    }
    let folder = overlay::usual_folder().context("no home folder is known")?;
    let installed = overlay::install(&folder, Some(&config.obs))?;
    if installed.changed.is_empty() {
        show("The page is up to date.")?;
    } else {
        show(&format!("The page is in {}.", folder.display()))?;
        report
            .changed
            .push(format!("wrote the page into {}", folder.display()));
    }
    let place = Place::of(config, absolute(&installed.page)?);
    let Some(obs) = obs else {
        report.postponed.push(format!(
            "make the scene {:?} with the page in it",
            place.scene
        ));
        return Record::change(|record| record.postponed = Some(place));
    };
    let placed = place.put(obs).await?;
    for note in &placed.notes {
        show(note)?;
        if placed.by_hand {
            report.left.push(note.clone());
        } else if placed.made_scene || placed.made_source {
            report.changed.push(note.clone());
        }
    }
    Record::change(|record| record.placed(&place, &placed))
}

/// Writes the panel to the disk, and adds it to OBS's docks if OBS is closed.
fn install_panel(args: Choices, config: &Config, report: &mut Report) -> anyhow::Result<()> {
    title(
        4,
        "The panel: a dock in OBS, from which you control all of it.",
    )?;
    if !args.yes && !ask::yes("Install the panel?")? {
        return Ok(());
    }
    let folder = overlay::usual_folder().context("no home folder is known")?;
    let installed = overlay::panel::install(&folder, &config.obs)?;
    if installed.changed.is_empty() {
        show("The panel is up to date.")?;
    } else {
        let written = format!("wrote the panel into {}", folder.join("panel").display());
        show(&written)?;
        report.changed.push(written);
    }
    let url = panel::url(&installed.page)?;
    match dock::install(&url) {
        Ok(outcome) => add(report, outcome),
        Err(_) if dock::is_installed(&url) => show("OBS shows it as a dock."),
        Err(autostart::Error::ObsRuns | autostart::Error::NoSettings) => {
            report.left.push(dock::by_hand(&url));
            Ok(())
        }
        Err(error) => {
            report
                .left
                .push(format!("{error}; {}", dock::by_hand(&url)));
            Ok(())
        }
    }
}

fn install_autostart(
    args: Choices,
    context: &Context,
    obs_is_there: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    title(5, "The start: the bridge must run while you stream.")?;
    let how = match args.autostart {
        Some(how) => how,
        None if args.yes => usual_autostart(obs_is_there),
        None => {
            let choices = [
                "With OBS: a script for OBS starts it, and ends it with OBS",
                "With the computer: a service that starts when I log in",
                "By hand: I type `twitchat-bridge run`",
            ];
            match ask::one_of("What is to start the bridge?", &choices)? {
                Some(0) => Autostart::Obs,
                Some(1) => Autostart::Login,
                _ => Autostart::None,
            }
        }
    };
    let launch = launching::launch(context)?;
    let outcome = match how {
        Autostart::Obs => {
            let folder = obs_script::usual_folder().context("no home folder is known")?;
            let in_obs = if obs_is_there || is_obs_running(&Folders::of_this_machine()) {
                InObs::ByHand
            } else {
                InObs::Add
            };
            match obs_script::install(&launch, &folder, Existing::Keep, in_obs) {
                // OBS has never been started here, so it has no list yet.
                Err(autostart::Error::NoCollection | autostart::Error::ObsRuns) => {
                    obs_script::install(&launch, &folder, Existing::Keep, InObs::ByHand)?
                }
                other => other?,
            }
        }
        Autostart::Login => service::install(&launch, Existing::Keep)?,
        Autostart::None => {
            show("`twitchat-bridge run` starts the bridge.")?;
            report.left.push(RUN.into());
            return Ok(());
        }
    };
    add(report, outcome)
}

/// The default answer: with OBS if its list of scripts can be changed now, else with the computer.
fn usual_autostart(obs_is_there: bool) -> Autostart {
    let folders = Folders::of_this_machine();
    if !obs_is_there && !is_obs_running(&folders) && obs_script::can_be_added() {
        Autostart::Obs
    } else {
        Autostart::Login
    }
}

fn add(report: &mut Report, outcome: Outcome) -> anyhow::Result<()> {
    for change in &outcome.changes {
        show(&format!("{change}"))?;
        report.changed.push(change.to_string());
    }
    if outcome.changes.is_empty() && outcome.notes.is_empty() {
        show("Nothing has to change.")?;
    }
    report.left.extend(outcome.notes);
    Ok(())
}

/// Rolls a test. Starts a bridge first if none runs.
async fn roll_test(
    args: Choices,
    context: &Context,
    config: &Config,
    report: &mut Report,
) -> anyhow::Result<()> {
    title(6, "A test: credits with made-up people.")?;
    let scene = &config.overlay.scene;
    let question = format!("Roll a test now? Switch OBS to the scene {scene:?} to see it.");
    if !args.yes && !ask::yes(&question)? {
        return Ok(());
    }
    let client = client::connect(machine::target(config), Timeout::default()).await?;
    if !answers(&client, STARTS_WITHIN / 5).await {
        start_bridge(context)?;
        if !answers(&client, STARTS_WITHIN).await {
            show("The bridge does not answer; `twitchat-bridge run` shows why.")?;
            report.left.push(RUN.into());
            return Ok(());
        }
        show("The bridge was started; it ends with OBS.")?;
    }
    let fields = Map::from_iter([
        ("test".to_owned(), true.into()),
        ("testAudience".to_owned(), json!({ "names": NAMES })),
    ]);
    let reply = client.request_raw("RollCredits", fields).await?;
    let pages = reply.get("pages").and_then(serde_json::Value::as_u64);
    if pages.unwrap_or_default() > 0 {
        show("The test rolls.")?;
    } else {
        show(&format!(
            "The test begins when the page is on air: switch OBS to the scene {scene:?}, then \
                `twitchat-bridge credits test`."
        ))?;
    }
    Ok(())
}

/// Whether a bridge answers within this time.
async fn answers(client: &Client, within: Duration) -> bool {
    let begun = tokio::time::Instant::now();
    let client = client.with_timeout(Duration::from_millis(500));
    while begun.elapsed() < within {
        if client.request_raw("GetInfo", Map::new()).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

/// Starts a bridge that continues after this command, until OBS closes.
fn start_bridge(context: &Context) -> anyhow::Result<()> {
    let launch = launching::launch(context)?;
    let mut command = Command::new(launch.program());
    command
        .args(["run", "--exit-with-obs"])
        .args(launch.options())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Ctrl-C on this terminal is not meant for the bridge.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context("cannot start the bridge")?;
    Ok(())
}
