//! `overlay install`: writes the end-credits page to disk and adds it to OBS.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};
use twitchat_bridge::config::Config;
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::overlay;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::number;
use crate::cli::out;

const AFTER_HELP: &str =
    "Run it again after an update: it replaces the page, and keeps custom.css \
    and the settings.

By default the page gets OBS's password in obs-config.js, which only you can read, so that it \
can report its position. With --no-password the page has no connection of its own: OBS passes it \
the bridge's messages while its scene is on air.

OBS loads the page each time its scene goes on air, and unloads it afterwards. With --keep- \
loaded it stays loaded, so that Twitchat's own buttons work off air too. The page draws nothing \
unless credits roll.

Examples:
  twitchat-bridge overlay install
  twitchat-bridge overlay install --scene Ending --width 1920 --height 1080
  twitchat-bridge overlay install --no-password --keep-loaded";

/// The kind of input that shows a page.
const BROWSER_SOURCE: &str = "browser_source";

/// Write the end-credits page and put it into OBS as a browser source
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The scene; made if there is none (default: overlay.scene)
    #[arg(long, value_name = "NAME")]
    scene: Option<String>,
    /// The browser source; made if there is none (default: overlay.source)
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Width in pixels (default: overlay.width, else that of OBS's canvas)
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=16_384),
        allow_negative_numbers = true)]
    width: Option<u32>,
    /// Height in pixels (default: overlay.height, else that of OBS's canvas)
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=16_384),
        allow_negative_numbers = true)]
    height: Option<u32>,
    /// Where to put the files; in the user's data folder unless given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Without a file that holds OBS's password
    #[arg(long)]
    no_password: bool,
    /// Keep the page loaded while its scene is off air
    #[arg(long)]
    keep_loaded: bool,
}

/// The given folder, else the default one.
pub(super) fn folder(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    named
        .or_else(overlay::usual_folder)
        .ok_or_else(|| Failure::Usage("no home folder is known: say where with --dir".into()))
}

/// The settings of the source.
struct Wanted {
    scene: String,
    source: String,
    page: PathBuf,
    width: u32,
    height: u32,
    keep_loaded: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let installed = overlay::install(
            &folder(self.dir.clone())?,
            Some(&config.obs).filter(|_| !self.no_password),
        )?;
        let has_changed = |name: &str| installed.changed.iter().any(|changed| changed == name);
        if self.no_password && has_changed(overlay::CONFIG) {
            out::note(format_args!(
                "removed {}, which had OBS's password",
                overlay::CONFIG
            ));
        }
        let page = std::path::absolute(&installed.page)
            .with_context(|| format!("cannot find {}", installed.page.display()))?;
        self.put(context, &config, page.clone())
            .await
            .with_context(|| {
                format!(
                    "the page is written to {}, but it is not in OBS",
                    page.display()
                )
            })?;
        out::line(page.display())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Adds the page to OBS, or prints how to do it by hand.
    async fn put(self, context: &Context, config: &Config, page: PathBuf) -> anyhow::Result<()> {
        let target = context.target()?;
        if !["127.0.0.1", "::1", "localhost"].contains(&target.host.to_lowercase().as_str()) {
            out::warn(
                "OBS runs on another computer: it needs the files there, run this command there as \
                    well",
            );
        }
        let obs = RequestConnection::connect(&target, &Options::default()).await?;
        let canvas = if self.width.or(config.overlay.width).is_some()
            && self.height.or(config.overlay.height).is_some()
        {
            (0, 0)
        } else {
            obs.canvas().await?
        };
        let wanted = Wanted {
            scene: self.scene.unwrap_or_else(|| config.overlay.scene.clone()),
            source: self.source.unwrap_or_else(|| config.overlay.source.clone()),
            width: self.width.or(config.overlay.width).unwrap_or(canvas.0),
            height: self.height.or(config.overlay.height).unwrap_or(canvas.1),
            page,
            keep_loaded: self.keep_loaded,
        };
        if obs
            .input_kinds()
            .await?
            .iter()
            .any(|kind| kind == BROWSER_SOURCE)
        {
            put(&obs, &wanted).await?;
        } else {
            out::note(by_hand(&wanted));
        }
        Ok(())
    }
}

/// Creates the scene, the source and the scene item that do not exist yet.
async fn put(obs: &RequestConnection, wanted: &Wanted) -> anyhow::Result<()> {
    let Wanted {
        scene,
        source,
        width,
        height,
        ..
    } = wanted;
    if !obs.scenes().await?.contains(scene) {
        obs.create_scene(scene).await?;
        out::note(format_args!("made the scene {scene:?}"));
    }
    let settings = settings(wanted);
    match obs.input(source).await? {
        None => {
            obs.create_input(scene, source, BROWSER_SOURCE, &settings)
                .await?;
            out::note(format_args!(
                "made the browser source {source:?} in the scene {scene:?}, {width}x{height}"
            ));
        }
        Some(input) if input.kind == BROWSER_SOURCE => {
            obs.set_input(source, &settings).await?;
            if !obs.has(scene, source).await? {
                obs.add_to_scene(scene, source).await?;
            }
            out::note(format_args!(
                "updated the browser source {source:?} in the scene {scene:?}, {width}x{height}"
            ));
        }
        Some(input) => {
            let why = format!(
                "OBS has a source {source:?} already, of the kind {}: choose another name with \
                    --source",
                input.kind
            );
            return Err(Failure::Usage(why).into());
        }
    }
    Ok(())
}

/// The settings in OBS's spelling: `shutdown` is "Shutdown source when not visible",
/// `restart_when_active` "Refresh browser when scene becomes active".
fn settings(wanted: &Wanted) -> Value {
    json!({
        "is_local_file": true,
        "local_file": wanted.page,
        "width": wanted.width,
        "height": wanted.height,
        "fps_custom": false,
        "shutdown": !wanted.keep_loaded,
        "restart_when_active": !wanted.keep_loaded,
        "reroute_audio": false,
        "css": "",
    })
}

/// The instructions for an OBS without browser sources, such as Debian's.
fn by_hand(wanted: &Wanted) -> String {
    let Wanted {
        scene,
        page,
        width,
        height,
        ..
    } = wanted;
    let size = if *width > 0 {
        format!("{width} x {height}")
    } else {
        "the size of your canvas".into()
    };
    format!(
        "This OBS has no browser sources (those of some Linux distributions do not; the one of \
            Flathub and of obsproject.com does).\n\
         The page is ready all the same:\n\
         \x20 1. open {}#backdrop in a browser, in a window of {size}\n\
         \x20 2. in OBS, put a window capture of it into the scene {scene:?}; with #backdrop=lime \
         at the end of the address\n\
         \x20    and a chroma key filter on the capture, the picture behind shows through\n\
         \x20 3. `twitchat-bridge credits test` rolls a test",
        overlay::url(page)
    )
}
