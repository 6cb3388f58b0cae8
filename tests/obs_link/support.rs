//! A supervised link, and the stand-in OBS that it connects to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{Notice, Obs, Options, Stop, Target, start};
use twitchat_bridge::sim;

/// Longer than any wait should take.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) fn target(port: u16, password: Option<&str>) -> Target {
    Target {
        host: "127.0.0.1".into(),
        port,
        tls: false,
        path: String::new(),
        password: password.map(SecretString::from),
    }
}

pub(crate) async fn stand_in(options: sim::obs::Options) -> sim::obs::StandIn {
    sim::obs::StandIn::start(options).await.unwrap()
}

pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

/// A supervised link. It ends with the test.
pub(crate) struct Link {
    pub(crate) obs: Obs,
    pub(crate) notices: Receiver<Notice>,
    pub(crate) cancel: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) target: Arc<Mutex<Target>>,
}

impl Link {
    pub(crate) fn start(target: Target, options: Options) -> Self {
        let (cancel, tasks, target) = (
            CancellationToken::new(),
            TaskTracker::new(),
            Arc::new(Mutex::new(target)),
        );
        let current = Arc::clone(&target);
        let (obs, notices) = start(
            move || std::future::ready(current.lock().unwrap().clone()),
            options,
            cancel.clone(),
            &tasks,
        );
        Self {
            obs,
            notices,
            cancel,
            tasks,
            target,
        }
    }

    pub(crate) async fn next(&mut self) -> Notice {
        timeout(SOON, self.notices.recv())
            .await
            .expect("a notice in time")
            .expect("a notice before the end")
    }

    /// Drops notices until `pick` returns a value.
    pub(crate) async fn until<T>(&mut self, mut pick: impl FnMut(Notice) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    pub(crate) async fn until_up(&mut self) -> twitchat_bridge::obs::Info {
        self.until(|notice| {
            if let Notice::Up(info) = notice {
                Some(info)
            } else {
                None
            }
        })
        .await
    }

    pub(crate) async fn until_down(&mut self) -> Arc<twitchat_bridge::obs::Cause> {
        self.until(|notice| {
            if let Notice::Down(cause) = notice {
                Some(cause)
            } else {
                None
            }
        })
        .await
    }

    pub(crate) async fn until_stopped(&mut self) -> Stop {
        self.until(|notice| {
            if let Notice::Stopped(stop) = notice {
                Some(stop)
            } else {
                None
            }
        })
        .await
    }

    pub(crate) async fn until_waiting(&mut self) -> (u32, Arc<twitchat_bridge::obs::Cause>) {
        self.until(|notice| {
            if let Notice::Waiting { attempt, cause, .. } = notice {
                Some((attempt, cause))
            } else {
                None
            }
        })
        .await
    }

    /// The next events, at least `count` of them.
    pub(crate) async fn received(&mut self, count: usize) -> Vec<Received> {
        let mut all = Vec::new();
        while all.len() < count {
            if let Notice::Received(mut batch) = self.next().await {
                all.append(&mut batch.events);
            }
        }
        all
    }
}

/// Options with which the link detects a frozen OBS soon.
pub(crate) fn impatient() -> Options {
    Options {
        ping_after: Duration::from_millis(100),
        dead_after: Duration::from_millis(100),
        ..Options::default()
    }
}

/// Waits until the condition holds. Checks it after each turn of the other tasks.
pub(crate) async fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(SOON, waiting)
        .await
        .unwrap_or_else(|_| panic!("not within {SOON:?}: {what}"));
}

/// Runs a scenario on a runtime with one thread, as in the program itself. If a task never yields,
/// the test fails instead of hanging.
pub(crate) fn on_one_thread<F: Future<Output = ()>>(scenario: impl FnOnce() -> F + Send + 'static) {
    let (done, ended) = std::sync::mpsc::sync_channel(1);
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(scenario());
        done.send(()).unwrap();
    });
    match ended.recv_timeout(2 * SOON) {
        Ok(()) => thread.join().unwrap(),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            panic!("the scenario failed, see above")
        }
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            panic!("a task has kept the only thread for {:?}", 2 * SOON)
        }
    }
}
