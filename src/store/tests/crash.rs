//! Tests in which the bridge is killed while it writes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

const VICTIM: &str = "TWITCHAT_BRIDGE_TEST_VICTIM";

/// Runs in a separate process and writes until it is killed.
#[tokio::test]
#[ignore = "the process that committed_writes_survive_kill_9 starts and kills"]
async fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else {
        return;
    };
    let (handle, mut notices) = Store::open(Path::new(&path)).unwrap().run().unwrap();
    for seq in 1.. {
        handle.write(Write::Append(received(seq))).await.unwrap();
        if seq % 100 == 0 {
            println!("committed {}", committed(&mut notices, seq - 50).await);
        }
    }
}

#[test]
fn committed_writes_survive_kill_9() {
    for point in [1, 7, 30, 90] {
        let (_folder, path) = folder();
        let mut process = Command::new(std::env::current_exe().unwrap());
        process
            .args([
                "--exact",
                "store::tests::crash::victim",
                "--ignored",
                "--nocapture",
            ])
            .env(VICTIM, &path);
        let mut victim = process.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let seq = |line: String| {
            line.strip_prefix("committed ")
                .and_then(|seq| seq.parse::<u64>().ok())
        };
        let before = lines.by_ref().filter_map(seq).nth(point).unwrap();
        victim.kill().unwrap();
        let reported = lines.filter_map(seq).last().unwrap_or(before).max(before);
        victim.wait().unwrap();

        let store = Store::open(&path).unwrap();
        assert_eq!(store.notes(), [""; 0]);
        let seqs: Vec<_> = replayed(&store, SESSION_1)
            .into_iter()
            .map(|row| row.seq.0)
            .collect();
        assert!(
            seqs.len() as u64 >= reported,
            "{} rows, {reported} reported",
            seqs.len()
        );
        assert!(seqs.iter().copied().eq(1..=seqs.len() as u64));
    }
}
