//! `exec`: runs a program for each event.

mod jobs;
mod variables;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use twitchat_bridge::automation::Expression;
use twitchat_bridge::config;
use twitchat_bridge::daemon::program::Executable;
use twitchat_bridge::input;

use super::candidates;
use super::context::Context;
use super::failure::Failure;
use super::number;
use super::out;
use super::receiving::decode::Line;
use super::receiving::filter::{self, Filter};
use super::receiving::kinds::{self, Kind, Kinds};
use super::receiving::picker::{self, Picker};
use super::receiving::{News, Receiving};
use super::span;
use jobs::{Job, Jobs, Tally};

const EXAMPLES: &str = "Examples:
  twitchat-bridge exec --on FOLLOW -- notify-send 'A new follower'
  twitchat-bridge exec --on Twitch.Raid -- sh -c 'echo \"$TWITCHAT_DATA_DISPLAYNAME\" >> \
  raiders.txt'
  twitchat-bridge exec --on 'Twitch.*' --jobs 1 -- ./on-event.py

The program is started directly, never through a shell. Chat texts are in its environment and on \
its standard input (the event in one line, as `watch --json` prints it), never in its arguments. \
If you start a shell, quote the variables. The output of the program is passed on. A failing \
program is reported. With --fail-fast, `exec` stops at the first failure.

`exec` waits while OBS is closed. Ctrl-C asks all programs to end, and kills those that still run \
after five seconds; a second Ctrl-C exits at once. Exit codes: 0 stopped by Ctrl-C, 1 a program \
failed and --fail-fast was given.";

/// Run a program for each event
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}\n\n{}\n\n{}\n\n{EXAMPLES}", kinds::HELP, filter::HELP,
    picker::HELP, variables::HELP))]
pub(crate) struct Args {
    /// Run the program for this event, see below. May be given several times
    #[arg(long = "on", value_name = "TYPE", required = true, add = candidates::kinds())]
    kinds: Vec<Kind>,
    /// Run the program only for events that match this condition, such as "data.viewers >= 10", see
    /// below
    #[arg(long = "where", value_name = "CONDITION", value_parser = filter::condition)]
    condition: Option<Expression>,
    /// The limit on programs that run at the same time
    #[arg(long, value_name = "N", default_value = "4", allow_negative_numbers = true,
        value_parser = number::whole::<u16>(1..=256))]
    jobs: u16,
    /// The limit on events that wait until a program ends. Further events are dropped, with a
    /// warning
    #[arg(long, value_name = "N", default_value = "1000", allow_negative_numbers = true,
        value_parser = number::whole::<u16>(0..=65_535))]
    queue: u16,
    /// End a program after this time, such as 30s or 5m [default: no limit]
    #[arg(long, value_name = "DURATION", value_parser = span::read, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    /// Stop at the first program that fails
    #[arg(long)]
    fail_fast: bool,
    /// The program and its arguments
    #[arg(value_name = "COMMAND", required = true, last = true)]
    command: Vec<OsString>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let mut command = self.command.into_iter();
        let name = command.next().unwrap_or_default();
        let shown = name.to_string_lossy().into_owned();
        let program = Executable {
            name,
            args: command.collect(),
            within: self.timeout,
            hidden: config::password_variables().collect(),
        };
        if !program.exists() {
            return Err(Failure::Usage(format!(
                "there is no program {shown}: give its path, or a name that is found in PATH"
            ))
            .into());
        }
        let mut jobs = Jobs::new(program, self.jobs.into(), self.queue.into());
        let filter = Filter::new(Kinds::new(self.kinds), self.condition);
        let mut receiving = Receiving::start(&config, filter.kinds().of_obs())?;
        let mut picker = Picker::new(&config, "exec", filter, receiving.obs());
        let ended = loop {
            tokio::select! {
                news = receiving.next() => match news {
                    Ok(News::Signal) => break Ok(ExitCode::SUCCESS),
                    Ok(news) => {
                        for line in picker.take(&news, Timestamp::now()) {
                            jobs.take(job(&line)?);
                        }
                    }
                    Err(error) => break Err(error),
                },
                succeeded = jobs.next() => {
                    if !succeeded && self.fail_fast {
                        break Err(Failure::RunFailed { program: shown }.into());
                    }
                }
            }
        };
        tokio::select! {
            () = jobs.end() => {}
            () = second_signal(&mut receiving) => return Ok(ExitCode::FAILURE),
        }
        picker.finish().await;
        let tally = jobs.tally();
        // If the program could not be started at all, only the error is shown.
        if ended.is_ok() || tally.runs() > 0 {
            report(tally);
        }
        ended
    }
}

fn job(line: &Line) -> serde_json::Result<Job> {
    let mut input = serde_json::to_vec(line)?;
    input.push(b'\n');
    let about = match line.id.as_str() {
        Some(id) => format!("{} ({id})", line.name),
        None => line.name.clone(),
    };
    Ok(Job {
        about,
        input,
        variables: variables::of(line),
    })
}

/// Waits for the second signal, which ends the verb at once. Never returns if the link ends
/// meanwhile.
async fn second_signal(receiving: &mut Receiving) {
    loop {
        match receiving.next().await {
            Ok(News::Signal) => return,
            Ok(_) => {}
            Err(_) => std::future::pending().await,
        }
    }
}

fn report(tally: Tally) {
    let runs = tally.runs();
    let Tally {
        failed,
        dropped,
        ended,
        ..
    } = tally;
    let ended_too = if ended > 0 {
        format!(", {ended} ended with `exec`")
    } else {
        String::new()
    };
    let dropped = if dropped > 0 {
        format!(", {} dropped", input::count(dropped, "event"))
    } else {
        String::new()
    };
    out::note(format_args!(
        "{}, {failed} failed{ended_too}{dropped}",
        input::count(runs, "run")
    ));
}
