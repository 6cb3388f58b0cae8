//! The choices that the user makes in `setup`.

/// The options of `setup`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Choices {
    /// Ask nothing, and do everything
    #[arg(long)]
    pub(super) yes: bool,
    /// How the bridge starts: with OBS, with the computer, or by hand (default: asked; with --yes,
    /// with OBS if it is closed, else with the computer)
    #[arg(long, value_name = "HOW")]
    pub(super) autostart: Option<Autostart>,
    /// Roll no test at the end
    #[arg(long)]
    pub(super) no_test: bool,
}

/// The way in which the bridge is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Autostart {
    /// The script for OBS: the bridge starts and ends with OBS
    Obs,
    /// The service: the bridge starts when you log in
    Login,
    /// You start it yourself
    None,
}
