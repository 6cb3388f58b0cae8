//! The credits of every session are the same before an export and after the import.

use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{
    bridge::journal::{Row, RowOrigin, Seq, Session, SessionId, Write},
    config::Config,
    daemon::archives,
    request::{Call, CreditsOptions, SessionQuery},
    store::{Store, export},
};

const OLD: &str = include_str!("../../../tests/fixtures/twitchat_examples.ndjson");
const NEW: &str = include_str!("../../../tests/fixtures/twitchat_v17_examples.ndjson");
const SESSIONS: u64 = 3;

#[derive(serde::Deserialize)]
struct Example<'a> {
    #[serde(rename = "type")]
    kind: Box<str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// The types and data of Twitchat's messages.
fn examples() -> Vec<(Box<str>, Box<str>)> {
    OLD.lines()
        .chain(NEW.lines())
        .filter_map(|line| serde_json::from_str::<Example<'_>>(line).ok())
        .filter_map(|example| Some((example.kind, example.data?.get().into())))
        .collect()
}

/// Writes a journal with these messages, of which each has the number of its session.
async fn write(config: &Config, messages: &[(prop::sample::Index, u64)]) {
    let examples = examples();
    let (handle, _notices) = Store::open(&config.store.path).unwrap().run().unwrap();
    for id in 1..=SESSIONS {
        let begin = Write::Begin(Session {
            id: SessionId(id),
            started_ms: i64::try_from(id).unwrap() * 100_000_000,
            ended_ms: None,
            cause: "clear".into(),
        });
        handle.write(begin).await.unwrap();
    }
    let mut messages = messages.to_vec();
    messages.sort_by_key(|(_, session)| *session);
    for (seq, (message, session)) in (1..).zip(messages) {
        let (kind, body) = message.get(&examples).clone();
        let append = Write::Append(Row {
            seq: Seq(seq),
            session: SessionId(session),
            at_ms: i64::try_from(session * 100_000_000 + seq).unwrap(),
            origin: RowOrigin::Received,
            kind,
            id: Some(format!("id-{seq}").into()),
            body,
        });
        handle.write(append).await.unwrap();
    }
    handle.close().await.unwrap();
}

fn credits(config: &Config, session: u64) -> Value {
    let call = Call::OfSession {
        session: SessionQuery::Number(session),
        call: Box::new(Call::GetCredits(CreditsOptions::default())),
    };
    let mut reply = archives::answer(config, call).unwrap().unwrap();
    // How long the running session has lasted by now.
    reply.remove("session");
    reply.into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_credits_of_every_session_are_the_same_after_an_export_and_an_import(
        messages in vec((any::<prop::sample::Index>(), 1..=SESSIONS), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut here = Config::default();
        here.store.path = folder.path().join("here.db");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(write(&here, &messages));
        let mut there = here.clone();
        there.store.path = folder.path().join("there.db");
        let mut lines = Vec::new();
        let store = Store::open(&here.store.path).unwrap();
        export(store.reader(), &mut lines).unwrap();
        store.close().unwrap();
        let mut copy = Store::open(&there.store.path).unwrap();
        copy.import(&*lines, false).unwrap();
        copy.close().unwrap();
        for session in 1..=SESSIONS {
            let expected = credits(&here, session);
            prop_assert_eq!(credits(&there, session), expected);
        }
    }
}
