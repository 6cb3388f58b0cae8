//! The effects that run beside the bridge: requests to OBS, and programs. Each effect has a task of
//! its own, so that the bridge need not wait. The result comes back as an input, even if the task
//! panics, so the bridge never waits for ever. All tasks end with the engine.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::{
    sync::{Semaphore, mpsc},
    task::{JoinError, JoinSet},
};
use tracing::{debug, error, warn};

use super::{
    archives,
    forget::{self, ForgetWork},
    program,
    watched::{Panicked, watched},
};
use crate::{
    automation::{ObsRequest, Program},
    bridge::{
        io::{Input, JournalQuestion, Settings, Ticket},
        journal_answer::JournalAnswer,
    },
    event::ObsSubscription,
    obs::{Obs, RequestError},
    request::{self, PersonQuery},
};

/// The limit on messages for browser sources that are being sent at the same time. Further messages
/// are dropped, because the complete roll is sent again every second.
const EMITS: usize = 4;

#[derive(Debug)]
pub(super) enum Answer {
    Input(Input),
    /// The answer from the journal, or the reason why it could not be read.
    Journal(Result<JournalAnswer, request::RequestError>),
    /// The rest of forgetting a person, after the copies of the journal; or the reason why the
    /// person cannot be forgotten.
    Forget(Result<ForgetWork, request::RequestError>),
}

impl From<Input> for Answer {
    fn from(input: Input) -> Self {
        Self::Input(input)
    }
}

#[derive(Debug)]
pub(super) struct Tasks {
    obs: Obs,
    answers: mpsc::Sender<Answer>,
    store: Arc<Path>,
    emits: Arc<Semaphore>,
    left_out: u64,
    /// The number of times that OBS did not report the state of the stream.
    unanswered: Arc<AtomicU64>,
    running: JoinSet<()>,
}

impl Tasks {
    pub(super) fn new(obs: Obs, answers: mpsc::Sender<Answer>, store: Arc<Path>) -> Self {
        Self {
            obs,
            answers,
            store,
            emits: Arc::new(Semaphore::new(EMITS)),
            left_out: 0,
            unanswered: Arc::default(),
            running: JoinSet::new(),
        }
    }

    pub(super) fn ask(&mut self, ticket: Ticket, request: ObsRequest) {
        let obs = self.obs.clone();
        self.answer("a request of a rule or label", ticket, async move {
            obs.act(&request).await.map_err(|error| error.to_string())
        });
    }

    pub(super) fn run(&mut self, ticket: Ticket, of: Box<str>, program: Program) {
        self.answer("a program of a rule", ticket, async move {
            program::run(&program)
                .await
                .map_err(|error| error.to_string())?;
            debug!(program = %program.program, "{of}: the program has ended");
            Ok(())
        });
    }

    /// Reads the journal, on a thread of its own and on a connection of its own.
    pub(super) fn read_journal(
        &mut self,
        question: JournalQuestion,
        settings: Box<Settings>,
        now_ms: i64,
    ) {
        let store = Arc::clone(&self.store);
        let failed = |why: String| Answer::Journal(Err(request::RequestError::Unavailable(why)));
        let reading = async move {
            let read = move || match &question {
                JournalQuestion::Forget { person, permit } => {
                    forget::preview_for(&store, person, permit.as_deref(), &settings, now_ms)
                }
                _ => archives::read(&store, &question, &settings, now_ms),
            };
            Some(match tokio::task::spawn_blocking(read).await {
                Ok(answer) => Answer::Journal(answer),
                Err(broke) => failed(format!("reading the journal failed: {broke}")),
            })
        };
        self.start("reading the journal", reading, move |panicked| {
            Some(failed(panicked.to_string()))
        });
    }

    /// Removes a person from the copies of the journal, on a thread of its own.
    pub(super) fn forget(
        &mut self,
        person: PersonQuery,
        permit: Option<Box<str>>,
        settings: Box<Settings>,
        now_ms: i64,
        logs: Arc<[PathBuf]>,
    ) {
        let store = Arc::clone(&self.store);
        let failed = |why: String| Answer::Forget(Err(request::RequestError::Unavailable(why)));
        let forgetting = async move {
            let prepare =
                move || forget::prepare(&store, person, permit.as_deref(), settings, now_ms, logs);
            Some(match tokio::task::spawn_blocking(prepare).await {
                Ok(work) => Answer::Forget(work),
                Err(broke) => failed(format!("searching the backups failed: {broke}")),
            })
        };
        self.start("searching the backups", forgetting, move |panicked| {
            Some(failed(panicked.to_string()))
        });
    }

    pub(super) fn ask_stream(&mut self) {
        let (obs, unanswered) = (self.obs.clone(), Arc::clone(&self.unanswered));
        let asking = async move {
            match obs.stream_status().await {
                Ok(status) => {
                    Some(Input::Stream(status.active.then(|| {
                        i64::try_from(status.duration_ms).unwrap_or(i64::MAX)
                    })))
                }
                Err(error) => {
                    let times = unanswered.fetch_add(1, Ordering::Relaxed) + 1;
                    if times.is_power_of_two() {
                        warn!(%error, times, "OBS did not report whether it is streaming");
                    }
                    None
                }
            }
        };
        self.start("the question for the stream", asking, |_| None::<Input>);
    }

    /// If OBS does not answer, the bridge does not know whether OBS records until a recording
    /// starts or stops.
    pub(super) fn ask_recording(&mut self) {
        let obs = self.obs.clone();
        let asking = async move {
            match obs.recording().await {
                Ok(recording) => Some(Input::Outputs {
                    streaming: None,
                    recording: Some(recording),
                }),
                Err(error) => {
                    debug!(%error, "OBS did not report whether it is recording");
                    None
                }
            }
        };
        self.start("the question for the recording", asking, |_| None::<Input>);
    }

    pub(super) fn subscribe(&self, subscription: ObsSubscription) {
        debug!(?subscription, "subscribing to events of OBS");
        self.obs.subscribe(subscription);
    }

    pub(super) fn ask_shown(&mut self, scene: Box<str>, source: Box<str>) {
        let (obs, asked) = (self.obs.clone(), scene.clone());
        let asking = async move {
            let shown = obs
                .shows(&scene, &source)
                .await
                .map_err(|error| error.to_string());
            Some(Input::Shown { scene, shown })
        };
        let unknown = |panicked: &Panicked| {
            Some(Input::Shown {
                scene: asked,
                shown: Err(panicked.to_string()),
            })
        };
        self.start("the question for a scene", asking, unknown);
    }

    /// Asks OBS for the duration of the medium that a media source plays.
    pub(super) fn ask_music(&mut self, input: Box<str>) {
        let obs = self.obs.clone();
        let asking = async move {
            Some(Input::Music(match obs.media_seconds(&input).await {
                Ok(Some(seconds)) => Ok(seconds),
                Ok(None) => Err(format!("{input} plays nothing")),
                Err(error) => Err(error.to_string()),
            }))
        };
        self.start("the question for the music", asking, |panicked| {
            Some(Input::Music(Err(panicked.to_string())))
        });
    }

    pub(super) fn read_label(&mut self, place: usize, input: Box<str>) {
        let obs = self.obs.clone();
        let asking = async move {
            let found = obs.input(&input).await.map_err(|error| error.to_string());
            let text = |settings: serde_json::Value| {
                settings
                    .get("text")
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            Some(Input::LabelRead {
                place,
                found: found.map(|input| input.map(|input| text(input.settings))),
            })
        };
        let unknown = move |panicked: &Panicked| {
            Some(Input::LabelRead {
                place,
                found: Err(panicked.to_string()),
            })
        };
        self.start("the question for a label", asking, unknown);
    }

    pub(super) fn emit(&mut self, json: Box<str>) {
        let Ok(turn) = Arc::clone(&self.emits).try_acquire_owned() else {
            self.left_out += 1;
            if self.left_out.is_power_of_two() {
                warn!(
                    times = self.left_out,
                    "OBS is slow: messages for browser sources were left out"
                );
            }
            return;
        };
        let obs = self.obs.clone();
        let emitting = async move {
            let _turn = turn;
            match obs.emit(&json).await {
                Err(error @ RequestError::Refused { .. }) => {
                    Some(Input::FeedFailed(error.to_string()))
                }
                Ok(()) | Err(_) => None,
            }
        };
        self.start("a message for browser sources", emitting, |_| None);
    }

    /// Ends all tasks, and kills their programs.
    pub(super) async fn end(&mut self) {
        self.running.abort_all();
        while let Some(joined) = self.running.join_next().await {
            report(joined);
        }
    }

    fn answer(
        &mut self,
        what: &'static str,
        ticket: Ticket,
        work: impl Future<Output = Result<(), String>> + Send + 'static,
    ) {
        let done = move |outcome| Some(Input::Done { ticket, outcome });
        self.start(what, async move { done(work.await) }, move |panicked| {
            done(Err(panicked.to_string()))
        });
    }

    /// The bridge receives its result as an input, or the result of `instead` if the task panics.
    fn start<A: Into<Answer> + Send>(
        &mut self,
        what: &'static str,
        work: impl Future<Output = Option<A>> + Send + 'static,
        instead: impl FnOnce(&Panicked) -> Option<A> + Send + 'static,
    ) {
        while let Some(joined) = self.running.try_join_next() {
            report(joined);
        }
        let answers = self.answers.clone();
        self.running.spawn(async move {
            let answer = watched(what, work)
                .await
                .unwrap_or_else(|panicked| instead(&panicked));
            if let Some(answer) = answer
                && answers.send(answer.into()).await.is_err()
            {
                debug!(
                    task = what,
                    "a result was dropped because the bridge is stopping"
                );
            }
        });
    }
}

fn report(joined: Result<(), JoinError>) {
    if let Err(broke) = joined
        && !broke.is_cancelled()
    {
        error!(error = %broke, "a task panicked");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    use super::*;
    use crate::{
        automation::RunId,
        obs::{self, Target},
    };

    /// These tasks use an OBS that cannot be reached.
    fn tasks() -> (Tasks, mpsc::Receiver<Answer>) {
        let target = || {
            std::future::ready(Target {
                host: "127.0.0.1".into(),
                port: 1,
                tls: false,
                path: String::new(),
                password: None,
            })
        };
        let (obs, _notices) = obs::start(
            target,
            obs::Options::default(),
            CancellationToken::new(),
            &TaskTracker::new(),
        );
        let (answers, answered) = mpsc::channel(8);
        (
            Tasks::new(obs, answers, Path::new("none.db").into()),
            answered,
        )
    }

    async fn next(answered: &mut mpsc::Receiver<Answer>) -> Input {
        let answer = tokio::time::timeout(Duration::from_secs(20), answered.recv())
            .await
            .expect("an answer in time")
            .expect("an answer");
        match answer {
            Answer::Input(input) => input,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_step_whose_task_panics_fails_and_ends_its_run() {
        let (mut tasks, mut answered) = tasks();
        let ticket = Ticket::Run(RunId(7));
        tasks.answer("a test", ticket, async { panic!("broken") });
        let Input::Done {
            ticket: of,
            outcome,
        } = next(&mut answered).await
        else {
            panic!("no outcome of the step")
        };
        assert_eq!(
            (of, outcome),
            (
                ticket,
                Err("this is a bug in twitchat-bridge: broken".into())
            )
        );
    }

    #[tokio::test]
    async fn a_question_whose_task_panics_is_answered() {
        let (mut tasks, mut answered) = tasks();
        tasks.start("a test", async { panic!("broken") }, |panicked| {
            Some(Input::Music(Err(panicked.to_string())))
        });
        assert!(
            matches!(next(&mut answered).await, Input::Music(Err(why)) if why.contains("broken"))
        );
    }

    #[tokio::test]
    async fn all_tasks_are_joined_at_the_end() {
        let (mut tasks, _answered) = tasks();
        let (held, mut free) = mpsc::channel::<()>(1);
        for _ in 0..3 {
            let held = held.clone();
            let waiting = async move {
                let _held = held;
                std::future::pending::<Option<Input>>().await
            };
            tasks.start("a test", waiting, |_| None);
        }
        drop(held);
        tasks.end().await;
        assert_eq!(
            (free.try_recv(), tasks.running.len()),
            (Err(mpsc::error::TryRecvError::Disconnected), 0)
        );
    }
}
