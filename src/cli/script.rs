use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value, json, value::to_raw_value};
use tokio::time::timeout;
use twitchat_bridge::automation::{
    self, BridgeState, BroadcasterNames, Next, Part, Rulebook, Sequence, Session, StepEffect,
    Steps, Uses,
};
use twitchat_bridge::client::{Client, Error};
use twitchat_bridge::daemon::{program, state};
use twitchat_bridge::input::{Problem, Spot};
use twitchat_bridge::twitchat::Generation;
use uuid::Uuid;

use super::client::{self, Timeout};
use super::context::Context;
use super::failure::Failure;
use super::fields::{self, DataFields};
use super::out;
use super::progress::Progress;
use super::signals::Signals;
use super::supposed::Supposed;
use super::text;

const AFTER_HELP: &str =
    "FILE is TOML with [[step]] tables, or one step per line as JSON; - is standard input. \
        docs/rules.md lists all steps. Fields become `args` in templates. Requests and published \
        events need a running bridge; \
everything else needs only OBS.

  [[step]]
  send = \"SEND_MESSAGE\"
  data = { message = \"That was it, {{ args.who }}!\" }
  [[step]]
  wait = \"5s\"
  [[step]]
  obs = \"StopStream\"

Examples:
  twitchat-bridge script goodbye.toml who=everybody
  twitchat-bridge script goodbye.toml who=everybody --dry-run
  echo '{\"obs\":\"SaveReplayBuffer\"}' | twitchat-bridge script -

Exit codes: 0 all steps succeeded, 1 a step failed or Ctrl-C was pressed, 2 the file has errors, \
5 the bridge did not answer.";

/// Run the steps of a file, one after the other
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{AFTER_HELP}", fields::HELP))]
pub(crate) struct Args {
    /// The file with the steps, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    fields: DataFields,
    /// Print the steps without running them. Needs no OBS
    #[arg(long)]
    dry_run: bool,
    /// Continue if a step fails
    #[arg(long)]
    keep_going: bool,
    /// Allow actions that cannot be undone, such as a permanent ban
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    timeout: Timeout,
}

struct Player {
    client: Client,
    book: Arc<Rulebook>,
    generation: Option<Generation>,
    yes: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let steps = read(&self.file, context)?;
        let args = self.fields.object(context)?;
        let config = context.config()?;
        config
            .rules
            .check_steps(&steps)
            .map_err(|problem| file_error(&self.file, &problem))?;
        if self.dry_run {
            return dry_run(&steps, &args, &config.rules, self.keep_going);
        }
        let mut signals = Signals::listen()?;
        let player = Player {
            client: context.client(self.timeout).await?,
            book: Arc::clone(&config.rules),
            generation: state::generation(&config),
            yes: self.yes,
        };
        tokio::select! {
            done = player.play(&steps, &args, self.keep_going) => done,
            () = signals.next() => Err(Failure::Stopped.into()),
        }
    }
}

fn read(file: &Path, context: &Context) -> anyhow::Result<Steps> {
    let text = text::read(file, "the script", context)?;
    Ok(automation::read_script(&text).map_err(|problem| file_error(file, &problem))?)
}

fn file_error(file: &Path, problem: &Problem) -> Failure {
    let Spot { line, column } = problem.spot;
    Failure::Usage(format!("{}:{line}:{column}: {problem}", file.display()))
}

/// Prints each step with its templates filled in, for a bridge without any events.
fn dry_run(
    steps: &Steps,
    args: &Map<String, Value>,
    book: &Rulebook,
    keep_going: bool,
) -> anyhow::Result<ExitCode> {
    let supposed = Supposed::new(Map::new())?;
    let mut sequence = Sequence::new(steps, Part::of(args));
    let mut failed = false;
    loop {
        let context = supposed.complete(nothing(), sequence.uses());
        let effect = match sequence.next(book, &context) {
            None => continue,
            Some(Next::Over) => break,
            Some(Next::Failed(why)) => Err(why.to_string()),
            Some(Next::Do(effect)) => automation::describe(effect, None),
        };
        match effect {
            Ok(effect) => out::line(out::clean(&effect.to_string()))?,
            Err(why) => {
                failed = true;
                out::error(&format!("{} cannot be done: {why}", sequence.place()));
                if !keep_going {
                    break;
                }
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The context has no event, because a script has none.
fn nothing() -> automation::Context {
    let empty = json!({});
    automation::Context::default()
        .with("event", Part::of(&empty))
        .with("data", Part::of(&empty))
}

impl Player {
    async fn play(
        self,
        steps: &Steps,
        args: &Map<String, Value>,
        keep_going: bool,
    ) -> anyhow::Result<ExitCode> {
        let mut sequence = Sequence::new(steps, Part::of(args));
        let mut progress = Progress::new();
        let (mut done, mut failed) = (0, 0);
        loop {
            let context = self.context(sequence.uses()).await?;
            let outcome = match sequence.next(&self.book, &context) {
                None => continue,
                Some(Next::Over) => break,
                Some(Next::Failed(why)) => Err(anyhow::anyhow!("{why}")),
                Some(Next::Do(effect)) => {
                    progress.show(format_args!(
                        "{} of {}: {}",
                        done + failed + 1,
                        steps.len(),
                        sequence.place()
                    ));
                    self.perform(effect).await
                }
            };
            progress.clear();
            let place = sequence.place();
            match outcome {
                Ok(()) => {
                    done += 1;
                    out::note(format_args!("done: {place}"));
                }
                Err(error) if keep_going => {
                    failed += 1;
                    out::error(&format!("{place}: {error:#}"));
                }
                Err(error) => return Err(error.context(place)),
            }
        }
        Ok(if failed > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    async fn perform(&self, effect: StepEffect) -> anyhow::Result<()> {
        match effect {
            StepEffect::Send {
                kind,
                data,
                check,
                yes,
            } => {
                let prepared =
                    automation::prepare(&kind, data, check, yes || self.yes, self.generation)?;
                self.client.deliver(&prepared, &[]).await?;
            }
            StepEffect::Publish { name, data, id } => {
                let mut fields = Map::from_iter([
                    (
                        "publish".to_owned(),
                        json!({ "source": name.source, "type": name.kind }),
                    ),
                    ("data".to_owned(), data.into()),
                ]);
                fields.extend(id.map(|id| ("eventId".to_owned(), Value::from(&*id))));
                self.request("PublishEvent", fields).await?;
            }
            StepEffect::Broadcast(message) => self.broadcast(message).await?,
            StepEffect::Request { name, data } => {
                self.request(&name, data).await?;
            }
            StepEffect::Obs(request) => self.client.obs().act(&request).await?,
            StepEffect::Wait(time) => {
                if let Ok(lost) = timeout(time, self.client.disconnected()).await {
                    return Err(lost.into());
                }
            }
            StepEffect::Run(program) if program.background => {
                anyhow::bail!(
                    "background = true works only in rules and named actions: the programs of a \
                     script end with it"
                )
            }
            StepEffect::Run(program) => program::run(&program).await?,
        }
        Ok(())
    }

    async fn broadcast(&self, mut message: Map<String, Value>) -> anyhow::Result<()> {
        automation::check_broadcast(&message)?;
        if automation::is_of_twitchat(&message) {
            message.insert("id".into(), Uuid::new_v4().to_string().into());
        }
        self.client
            .obs()
            .broadcast(&to_raw_value(&message)?)
            .await?;
        Ok(())
    }

    async fn request(
        &self,
        name: &str,
        fields: Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        client::request(&self.client, name, fields).await
    }

    /// The values for a step's templates. The credits, the state, the session and the broadcaster
    /// come from the bridge.
    async fn context(&self, uses: Uses) -> anyhow::Result<automation::Context> {
        let mut context = nothing();
        if uses.contains(Uses::LAST) {
            return Err(Failure::Usage(
                "only the bridge has last(…): make these steps a named action, and run it with \
                    DoAction"
                    .into(),
            )
            .into());
        }
        if uses.contains(Uses::CREDITS) {
            let fields = Map::from_iter([("spelling".to_owned(), "current".into())]);
            context = context.with(
                "credits",
                Part::of(&client::answer(self.request("GetCredits", fields).await?)),
            );
        }
        if uses.contains(Uses::STATE) || uses.contains(Uses::SESSION) {
            let status = Value::from(client::answer(self.request("GetStatus", Map::new()).await?));
            context = context
                .with("state", Part::of(&state(&status)))
                .with("session", Part::of(&session(&status)));
        }
        if uses.contains(Uses::BROADCASTER) {
            let reply = Value::from(client::answer(
                self.request("GetBroadcaster", Map::new()).await?,
            ));
            let of = |key: &str| text(&reply, &format!("/platforms/twitch/{key}"));
            let who = BroadcasterNames {
                id: of("broadcastUserId"),
                login: of("broadcastUserName"),
                name: of("broadcastUser"),
            };
            context = context.with("broadcaster", Part::of(&who));
        }
        Ok(context)
    }
}

/// Reads `state` from a reply to `GetStatus`.
fn state(status: &Value) -> BridgeState {
    BridgeState {
        obs: flag(status, "/obs/connected"),
        scene: text(status, "/obs/scene"),
        streaming: flag(status, "/obs/streaming"),
        recording: flag(status, "/obs/recording"),
        stream_seconds: number(status, "/obs/streamSeconds"),
        twitchat: flag(status, "/twitchat/present"),
        generation: u8::try_from(number(status, "/twitchat/generation")).unwrap_or_default(),
    }
}

/// Reads `session` from a reply to `GetStatus`.
fn session(status: &Value) -> Session {
    Session {
        id: status
            .pointer("/session/id")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        started: text(status, "/session/started"),
        seconds: number(status, "/session/seconds"),
        cause: text(status, "/session/cause"),
    }
}

fn flag(value: &Value, place: &str) -> bool {
    value
        .pointer(place)
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

fn number(value: &Value, place: &str) -> i64 {
    value
        .pointer(place)
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

/// Also accepts a number. Empty if the value is neither a text nor a number.
fn text(value: &Value, place: &str) -> String {
    match value.pointer(place) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
