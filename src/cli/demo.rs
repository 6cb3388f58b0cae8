//! `demo`: runs the bridge with a stand-in OBS, and with a stand-in Twitchat that plays a stream.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use serde_json::Map;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::{self, Emitted, Ended, Setup};
use twitchat_bridge::obs::{Target, WhenObsEnds};
use twitchat_bridge::sim::obs::{Options, StandIn};
use twitchat_bridge::sim::peer;
use twitchat_bridge::sim::show::{Show, ShowSpeed};
use uuid::Uuid;

use super::client::{self, Timeout};
use super::context::Context;
use super::credits;
use super::credits::text::Roll;
use super::failure::Failure;
use super::name::NAME;
use super::out::{self, BOLD};
use super::receiving::summary;
use super::run;
use super::screen;
use super::signals::Signals;

const AFTER_HELP: &str =
    "The demo does not touch your OBS or your journal: its stand-in OBS listens on a free \
        port of this computer only, and its own journal is deleted afterwards.

Examples:
  twitchat-bridge demo
  twitchat-bridge demo --keep     keep it running, to connect an overlay or a script";

/// The limit on events that wait to be printed.
const EVENTS: usize = 4_096;
/// The bridge emits a gift bomb two seconds after the last gift. After a longer pause without
/// events, all events have been emitted.
const QUIET: Duration = Duration::from_millis(2_300);
/// The seed of the made-up show.
const SEED: u64 = 7;

/// Show how the bridge works, without OBS and Twitchat, in about 15 seconds
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Keep the demo running until Ctrl-C, and print how to connect
    #[arg(long)]
    keep: bool,
    /// Play this many times as fast
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed,
        allow_negative_numbers = true)]
    speed: f64,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text
        .parse::<f64>()
        .ok()
        .filter(|speed| (0.1..=1_000.0).contains(speed));
    speed.ok_or_else(|| "it must be a number from 0.1 to 1000".to_owned())
}

impl Args {
    pub(crate) async fn run(self, _context: &Context) -> anyhow::Result<ExitCode> {
        let mut signals = Signals::listen()?;
        let set_up = DemoSetup::build().await?;
        tokio::select! {
            done = self.perform(set_up) => done,
            () = signals.next() => Ok(ExitCode::SUCCESS),
        }
    }

    async fn perform(self, set_up: DemoSetup) -> anyhow::Result<ExitCode> {
        let DemoSetup {
            obs,
            password,
            folder,
            target,
            stop,
            mut bridge,
            mut emitted,
        } = set_up;
        let title = "A stand-in OBS, a stand-in Twitchat, and the real bridge between them.";
        let title = screen::hanging("", title, 0, screen::width());
        out::line(format_args!("{BOLD}{title}{BOLD:#}\n"))?;
        obs.until_sessions(2).await;
        let peer = peer::Target {
            url: obs.url(),
            password: Some(SecretString::from(password.as_str())),
        };
        let pace = ShowSpeed(ShowSpeed::LIVE.0.div_f64(self.speed));
        let mut show = Show::connect(peer, SEED, pace)
            .await
            .context("the stand-in Twitchat cannot play")?;
        let begun = Instant::now();
        tokio::select! {
            shown = watch(&mut show, &mut emitted, begun) => shown?,
            ended = &mut bridge => return outcome(ended),
        }
        let wish = Map::from_iter([
            ("spelling".to_owned(), "legacy".into()),
            ("extended".to_owned(), true.into()),
        ]);
        let client = client::connect(target, Timeout::default()).await?;
        let roll = Roll::read(&client::request(&client, "GetCredits", wish).await?);
        out::line(format_args!(
            "\n{BOLD}The credits{BOLD:#}, as `twitchat-bridge credits` prints them:\n"
        ))?;
        credits::show(&roll, false)?;
        if self.keep {
            out::line(format_args!(
                "\nStill running. Address {}, password {password}; for example:\n\n  \
                    OBS_PASSWORD={password} {} --port {} watch\n\nCtrl-C ends it.",
                obs.address(),
                NAME,
                obs.port()
            ))?;
            tokio::select! {
                printed = print_on(&mut emitted, begun) => printed?,
                ended = &mut bridge => return outcome(ended),
            }
        }
        stop.cancel();
        let ended = outcome((&mut bridge).await);
        drop((show, obs, folder));
        ended
    }
}

/// Everything that the show needs. Dropping it ends the tasks, closes the port and removes the
/// folder.
struct DemoSetup {
    obs: StandIn,
    password: String,
    folder: Folder,
    target: Arc<dyn Fn() -> Target + Send + Sync>,
    stop: CancellationToken,
    bridge: AbortOnDropHandle<Result<Ended, daemon::Error>>,
    emitted: mpsc::Receiver<Emitted>,
}

impl DemoSetup {
    async fn build() -> anyhow::Result<Self> {
        let password = Uuid::new_v4().simple().to_string();
        let options = Options {
            password: Some(SecretString::from(password.as_str())),
            ..Options::default()
        };
        let obs = StandIn::start(options)
            .await
            .context("the stand-in OBS cannot listen on this computer")?;
        let target = Target {
            host: obs.address().ip().to_string(),
            port: obs.port(),
            tls: false,
            path: String::new(),
            password: Some(SecretString::from(password.as_str())),
        };
        let folder = Folder::create()?;
        let mut config = Config::default();
        config.store.path = folder.0.join("journal.db");
        let (teller, emitted) = mpsc::channel(EVENTS);
        let stop = CancellationToken::new();
        let target: Arc<dyn Fn() -> Target + Send + Sync> = Arc::new(move || target.clone());
        let setup = Setup {
            config,
            takeover: false,
            autostart: daemon::Autostart::Unknown,
            when_obs_ends: WhenObsEnds::Wait,
            target: Arc::clone(&target),
            reload: None,
            logs: Vec::new(),
            emitted: Some(teller),
        };
        let bridge = AbortOnDropHandle::new(tokio::spawn(daemon::run(setup, stop.clone())));
        Ok(Self {
            obs,
            password,
            folder,
            target,
            stop,
            bridge,
            emitted,
        })
    }
}

struct Folder(PathBuf);

impl Folder {
    fn create() -> anyhow::Result<Self> {
        let temporary = std::env::temp_dir();
        // A container may have no folder for temporary files.
        let parent = if temporary.is_dir() {
            temporary
        } else {
            std::env::current_dir().context("cannot find the current folder")?
        };
        let path = parent.join(format!("twitchat-bridge-demo-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The folder is in the system's folder for temporary files. If it cannot be removed, the
        // system does that later.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn outcome(
    ended: Result<Result<Ended, daemon::Error>, tokio::task::JoinError>,
) -> anyhow::Result<ExitCode> {
    run::outcome(ended.map_err(|_| Failure::Broke)??)
}

/// Plays the show and prints the events that the bridge emits, until there are no more.
async fn watch(
    show: &mut Show,
    emitted: &mut mpsc::Receiver<Emitted>,
    begun: Instant,
) -> anyhow::Result<()> {
    let mut playing = std::pin::pin!(show.play());
    let mut is_over = false;
    loop {
        tokio::select! {
            played = &mut playing, if !is_over => {
                played.context("the stand-in Twitchat cannot play")?;
                is_over = true;
            }
            event = timeout(QUIET, emitted.recv()) => match event {
                Ok(Some(event)) => print(&event, begun)?,
                Err(_) if !is_over => {}
                Ok(None) | Err(_) => return Ok(()),
            }
        }
    }
}

async fn print_on(
    emitted: &mut mpsc::Receiver<Emitted>,
    begun: Instant,
) -> Result<(), out::OutError> {
    while let Some(event) = emitted.recv().await {
        print(&event, begun)?;
    }
    Ok(())
}

fn print(Emitted { event, .. }: &Emitted, begun: Instant) -> Result<(), out::OutError> {
    let time = format!("{:5.1} s", begun.elapsed().as_secs_f32());
    let name = event.name.to_string();
    let text = summary::of(&event.data);
    out::line(screen::event(
        &time,
        &out::clean(&name),
        28,
        &text,
        screen::width(),
    ))
}
