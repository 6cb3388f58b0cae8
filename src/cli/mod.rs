//! The verbs of the command line. Only this module uses clap, `anyhow` and exit codes; the library
//! does not.
//!
//! Each verb has a file with an `Args` struct and its `run`. Standard output is for data,
//! everything else is written to standard error. Several verbs share the other modules: `client`
//! (requests to the bridge), `receiving` (events as they arrive), `recording`, `fields`, `text`,
//! `span`, `out`, `failure`, `signals`.

mod actions;
mod autostart;
mod candidates;
mod client;
mod completions;
mod config;
mod context;
mod credits;
mod demo;
mod doctor;
mod events;
mod exec;
mod failure;
mod fields;
mod followed;
mod forget;
mod labels;
mod log_line;
mod logs;
mod man;
mod name;
mod number;
mod obs_script;
mod options;
mod out;
mod overlay;
mod own_files;
mod panel;
mod progress;
mod receiving;
mod record;
mod recording;
mod replay;
mod request;
mod rules;
mod run;
mod safe;
mod screen;
mod script;
mod send;
mod service;
mod sessions;
mod setup;
mod signals;
mod span;
mod status;
mod store;
mod style;
mod supposed;
mod text;
mod uninstall;
mod version;
mod wait;
mod watch;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use context::Context;
use name::NAME;

const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\nneeds OBS Studio 30.2 or newer (obs-websocket 5.5)"
);

const ABOUT: &str = "Connects Twitchat with overlays made for Streamer.bot, over OBS";
const LONG_ABOUT: &str = "Keeps and rolls the end credits of Twitch streams, with Twitchat and OBS.

The bridge connects to OBS, receives Twitchat's events there, keeps the credits of your stream, \
and answers overlays and scripts that were built for Streamer.bot. It opens no port. On the \
computer that runs OBS it needs no options: it reads the port and the password from OBS's own \
settings.";

const AFTER_HELP: &str = "Examples:
  twitchat-bridge demo                       see how it works, without OBS and Twitchat
  twitchat-bridge run                        run the bridge, until Ctrl-C
  twitchat-bridge status                     check the bridge and Twitchat
  twitchat-bridge watch --type 'Twitch.*'    see what happens
  twitchat-bridge credits                    show the credits so far
  twitchat-bridge actions                    list all actions of Twitchat

Exit codes:
  0 done, or stopped by Ctrl-C      5 no answer in time
  1 failed                          6 another bridge is running
  2 wrong usage or configuration    7 OBS is too old
  3 OBS cannot be reached           8 disconnected by the user in OBS
  4 OBS refused the password        9 the journal cannot be used";

#[derive(Debug, Parser)]
#[command(name = NAME, version = VERSION, about = ABOUT, long_about = LONG_ABOUT,
    after_help = AFTER_HELP)]
#[command(max_term_width = 110, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    options: options::Options,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Run(run::Args),
    Status(status::Args),
    Watch(watch::Args),
    Wait(wait::Args),
    Exec(exec::Args),
    Record(record::Args),
    Replay(replay::Args),
    Send(send::Args),
    Actions(actions::Args),
    Events(events::Args),
    Request(request::Args),
    Credits(credits::Args),
    Sessions(sessions::Args),
    Forget(forget::Args),
    Store(store::Args),
    Rules(rules::Args),
    Labels(labels::Args),
    Script(script::Args),
    Config(config::Args),
    Overlay(overlay::Args),
    Panel(panel::Args),
    Setup(setup::Args),
    Doctor(doctor::Args),
    Uninstall(uninstall::Args),
    Service(service::Args),
    ObsScript(obs_script::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(man::Args),
    Version(version::Args),
}

impl Verb {
    /// The default level of the log.
    fn loudness(&self) -> &'static str {
        if matches!(self, Self::Run(_)) {
            "info"
        } else {
            "error"
        }
    }

    fn log_file(&self) -> Option<&Path> {
        match self {
            Self::Run(args) => args.log_file(),
            _ => None,
        }
    }

    async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::Run(args) => Box::pin(args.run(context)).await,
            Self::Status(args) => args.run(context).await,
            Self::Watch(args) => args.run(context).await,
            Self::Wait(args) => args.run(context).await,
            Self::Exec(args) => args.run(context).await,
            Self::Record(args) => args.run(context).await,
            Self::Replay(args) => args.run(context).await,
            Self::Send(args) => args.run(context).await,
            Self::Actions(args) => args.run(context),
            Self::Events(args) => args.run(),
            Self::Request(args) => args.run(context).await,
            Self::Credits(args) => args.run(context).await,
            Self::Sessions(args) => args.run(context).await,
            Self::Forget(args) => args.run(context).await,
            Self::Store(args) => args.run(context).await,
            Self::Rules(args) => args.run(context).await,
            Self::Labels(args) => args.run(context).await,
            Self::Script(args) => Box::pin(args.run(context)).await,
            Self::Config(args) => args.run(context),
            Self::Overlay(args) => args.run(context).await,
            Self::Panel(args) => args.run(context).await,
            Self::Doctor(args) => Box::pin(args.run(context)).await,
            Self::Setup(args) => Box::pin(args.run(context)).await,
            Self::Uninstall(args) => args.run(context).await,
            Self::Service(args) => args.run(context).await,
            Self::ObsScript(args) => args.run(context).await,
            Self::Demo(args) => Box::pin(args.run(context)).await,
            Self::Completions(args) => args.run(),
            Self::Man(args) => args.run(Cli::command()),
            Self::Version(args) => args.run(&Cli::command()),
        }
    }
}

/// Runs the verb of the command line, and reports its error.
pub(crate) fn main() -> ExitCode {
    match completions::answer(Cli::command) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => {}
        Err(_) => return ExitCode::FAILURE, // The shell shows no errors while it completes.
    }
    log_line::write_as_environment_says();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() {
                out::usage_error(&error);
            } else {
                // If the reader of the help text has closed the pipe, there is nothing to report.
                drop(error.print());
            }
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    start(cli).unwrap_or_else(|error| failure::report(&error))
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Some(format) = cli.options.log_format() {
        log_line::write_as(format);
    }
    logs::start(cli.options.filter(cli.verb.loudness()), cli.verb.log_file())?;
    let log_file = cli.verb.log_file().map(Path::to_owned);
    let context = Context::new(cli.options);
    // One thread is faster: an event that needs a reply passes three tasks, and waking a thread for
    // each takes longer than their work.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let code = runtime.block_on(cli.verb.run(&context));
    // The user wants to stop at once, so do not wait for tasks.
    runtime.shutdown_background();
    if let (Err(error), Some(file)) = (&code, log_file) {
        logs::append(&file, error);
    }
    code
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_accepts_the_declared_arguments() {
        super::Cli::command().debug_assert();
    }

    fn without_examples(command: &clap::Command, path: &str, missing: &mut Vec<String>) {
        for verb in command.get_subcommands() {
            let path = format!("{path} {}", verb.get_name());
            let help = verb.get_after_help().map(ToString::to_string);
            if !help.is_some_and(|help| help.contains("Examples:\n  twitchat-bridge")) {
                missing.push(path.clone());
            }
            without_examples(verb, &path, missing);
        }
    }

    #[test]
    fn the_help_of_every_command_has_examples() {
        let mut missing = Vec::new();
        without_examples(&super::Cli::command(), "", &mut missing);
        assert_eq!(missing, [""; 0]);
    }
}
