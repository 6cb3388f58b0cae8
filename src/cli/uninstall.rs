//! `uninstall`: undoes `setup` and the `install` verbs.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use twitchat_bridge::autostart::{self, Existing, Outcome, obs_script, service};
use twitchat_bridge::config::{self, Config};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::overlay;

use super::context::Context;
use super::credits::ask;
use super::out;
use super::own_files;
use super::panel;
use super::setup::Record;

const AFTER_HELP: &str = "The command stops the bridge and removes the service, the script for \
OBS, the page, the panel, and the scene and source that were made for it. The journal, the config \
file, your style sheet (custom.css) and the program itself stay. With --data the journal and your \
settings are removed too; this cannot be undone.

Examples:
  twitchat-bridge uninstall
  twitchat-bridge uninstall --data
  twitchat-bridge uninstall --data --yes    for scripts";

/// Remove everything that `setup` has installed. With --data, also remove the journal and settings
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Also remove the journal, the config file and your style sheet
    #[arg(long)]
    data: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    /// Also remove files that were changed by hand
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let question = if self.data {
            "Remove the program's files, with the journal and all credits, for good? [y/N]"
        } else {
            "Remove the service, the script and the page? Journal and settings stay. [y/N]"
        };
        if !self.yes && !ask("uninstall", question)? {
            return Ok(ExitCode::SUCCESS);
        }
        let config = context.config()?;
        let mut removed = Removed::default();
        removed.autostart(&config, self.force).await?;
        removed.scene_of_obs(&config).await?;
        removed.panel()?;
        removed.page(self.data)?;
        if self.data {
            removed.data(&config)?;
        }
        if removed.is_empty {
            out::note("nothing to do: nothing is installed");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Removes files and settings, and prints each removed item.
#[derive(Debug)]
struct Removed {
    is_empty: bool,
}

impl Default for Removed {
    fn default() -> Self {
        Self { is_empty: true }
    }
}

impl Removed {
    fn line(&mut self, text: impl std::fmt::Display) -> anyhow::Result<()> {
        self.is_empty = false;
        Ok(out::line(text)?)
    }

    fn outcome(&mut self, outcome: &Outcome) -> anyhow::Result<()> {
        for change in &outcome.changes {
            self.line(change)?;
        }
        for note in &outcome.notes {
            out::note(note);
        }
        Ok(())
    }

    async fn autostart(&mut self, config: &Config, force: bool) -> anyhow::Result<()> {
        let existing = if force {
            Existing::Replace
        } else {
            Existing::Keep
        };
        let outcome = service::uninstall(existing, &config.store.path).await?;
        self.outcome(&outcome)?;
        if autostart::stop(&config.store.path).await? {
            self.line("stopped the bridge")?;
        }
        if let Some(folder) = obs_script::usual_folder() {
            self.outcome(&obs_script::uninstall(&folder, existing)?)?;
        }
        Ok(())
    }

    /// Removes the scene and the source if they were made for the page. A scene with other sources
    /// stays.
    async fn scene_of_obs(&mut self, config: &Config) -> anyhow::Result<()> {
        let record = Record::read();
        if record.scene.is_some() || record.source.is_some() {
            let target = machine::target(config)();
            let Ok(obs) = RequestConnection::connect(&target, &Options::default()).await else {
                out::note(
                    "OBS cannot be reached, so the scene of the credits stays in it: remove it by \
                        hand, or run this command again while OBS is open",
                );
                return Ok(());
            };
            if let Some(source) = &record.source
                && obs.input(source).await?.is_some()
            {
                obs.remove_input(source).await?;
                self.line(format_args!("removed the source {source:?} from OBS"))?;
            }
            if let Some(scene) = &record.scene
                && obs.scenes().await?.contains(scene)
            {
                let is_empty = obs.sources(scene).await?.is_empty();
                if is_empty && obs.remove_scene(scene).await.is_ok() {
                    self.line(format_args!("removed the scene {scene:?} from OBS"))?;
                } else {
                    out::note(format_args!(
                        "the scene {scene:?} stays in OBS: it has other sources, or is the only one"
                    ));
                }
            }
        }
        Record::change(|record| *record = Record::default())
    }

    fn panel(&mut self) -> anyhow::Result<()> {
        if let Some(folder) = overlay::usual_folder() {
            for line in panel::remove(&folder)? {
                self.line(line)?;
            }
        }
        Ok(())
    }

    /// Removes the files of the page. The user's own files in its folder stay, unless `with_data`
    /// is true.
    fn page(&mut self, with_data: bool) -> anyhow::Result<()> {
        let Some(folder) = overlay::usual_folder() else {
            return Ok(());
        };
        let own = with_data.then_some(overlay::page::CUSTOM_CSS.0);
        let names = overlay::page::files().map(|(name, _)| name);
        let mut count = 0_u64;
        for name in names.chain([overlay::CONFIG]).chain(own) {
            count += u64::from(own_files::remove(&folder.join(name))?);
        }
        if count > 0 {
            self.line(format_args!("removed the page from {}", folder.display()))?;
        }
        fs::remove_dir(folder.join("fonts")).ok(); // unless the user has fonts in it
        self.empty_folder(&folder)
    }

    /// Removes the journal, the config file, and the folders if they contain no other files.
    fn data(&mut self, config: &Config) -> anyhow::Result<()> {
        for file in own_files::journal_files(&config.store.path)? {
            if own_files::remove(&file)? {
                self.line(format_args!("removed {}", file.display()))?;
            }
        }
        let Some(places) = config::places() else {
            return Ok(());
        };
        let settings = config::default_path(&places);
        if own_files::remove(&settings)? {
            self.line(format_args!("removed {}", settings.display()))?;
        }
        if let Some(file) = config.file.as_ref().filter(|file| file.path != settings) {
            out::note(format_args!(
                "the config file {} stays: it is not in the usual place",
                file.path.display()
            ));
        }
        let folders = [settings.parent(), config.store.path.parent()];
        for folder in folders.into_iter().flatten() {
            self.empty_folder(folder)?;
        }
        self.empty_folder(&places.data.join("twitchat-bridge"))
    }

    /// Removes a folder of the program if it is empty.
    fn empty_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        let is_ours = folder
            .components()
            .any(|part| part.as_os_str() == OsStr::new("twitchat-bridge"));
        if is_ours && fs::remove_dir(folder).is_ok() {
            self.line(format_args!("removed {}", folder.display()))?;
        }
        Ok(())
    }
}
