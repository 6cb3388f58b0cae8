//! Measures how fast the journal is written and read.

use super::*;

/// Backs a journal with a million rows up while another thread writes, one write after the other.
#[tokio::test]
#[ignore = "a measurement: cargo test --release --lib store::tests::speed -- --ignored --nocapture"]
async fn speed_of_a_backup() {
    let (_folder, path) = folder();
    let store = Store::open(&path).unwrap();
    let body = format!(
        r#"{{"user":{{"id":"12345678"}},"text":"{}"}}"#,
        "x".repeat(120)
    );
    let fill = "
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000000)
        INSERT INTO journal SELECT n, 1, n, 'heard', 'FOLLOW', 'id-' || n, ?1 FROM number";
    store.connection.execute(fill, [body]).unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    let (handle, mut notices) = store.run().unwrap();
    let mut written = 0;
    for backing_up in [false, true] {
        let place = path.clone();
        let start = tokio::time::Instant::now();
        let backup = tokio::task::spawn_blocking(move || {
            backing_up.then(|| {
                let stop = tokio_util::sync::CancellationToken::new();
                super::super::back_up(&place, None, &stop).unwrap()
            })
        });
        let (mut longest, before) = (Duration::ZERO, written);
        while !backup.is_finished() || start.elapsed() < Duration::from_secs(2) {
            written += 1;
            let row = received(1_000_000 + written);
            let begun = tokio::time::Instant::now();
            handle.write(Write::Append(row)).await.unwrap();
            committed(&mut notices, written).await;
            longest = begun.elapsed().max(longest);
        }
        println!(
            "backing up: {backing_up}, {:.1} s, {} commits, the longest {:.1} ms",
            start.elapsed().as_secs_f64(),
            written - before,
            longest.as_secs_f64() * 1e3
        );
        drop(backup.await.unwrap());
    }
    handle.close().await.unwrap();
}

#[tokio::test]
#[ignore = "a measurement: cargo test --release --lib store::tests::speed -- --ignored --nocapture"]
async fn speed() {
    let (_folder, path) = folder();
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let rows = 200_000_u32;
    let body: Box<str> = format!(
        r#"{{"user":{{"id":"12345678","login":"somebody"}},"text":"{}"}}"#,
        "x".repeat(120)
    )
    .into();
    let start = tokio::time::Instant::now();
    for seq in 1..=u64::from(rows) {
        handle
            .write(Write::Append(Row {
                body: body.clone(),
                ..received(seq)
            }))
            .await
            .unwrap();
    }
    committed(&mut notices, rows.into()).await;
    let taken = start.elapsed();
    println!(
        "{:.0} rows/s written",
        f64::from(rows) / taken.as_secs_f64()
    );
    handle.close().await.unwrap();
    for end in ["in order", "without an end"] {
        let start = tokio::time::Instant::now();
        drop(Store::open(&path).unwrap());
        println!(
            "{:.0} rows/s examined after a bridge that stopped {end}",
            f64::from(rows) / start.elapsed().as_secs_f64()
        );
    }
    let store = Store::open(&path).unwrap();
    let start = tokio::time::Instant::now();
    let mut read = 0;
    let whole = store.reader().rows(SESSION_1, |_| {
        read += 1;
        ControlFlow::Continue(())
    });
    assert!(whole.unwrap().is_continue());
    println!(
        "{:.0} rows/s read",
        f64::from(read) / start.elapsed().as_secs_f64()
    );
    let (handle, mut notices) = store.run().unwrap();
    let start = tokio::time::Instant::now();
    for number in 0..u64::from(rows) {
        let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        handle
            .write(Write::Person(person(
                &scattered.to_string(),
                "somebody",
                "Somebody",
                1,
            )))
            .await
            .unwrap();
    }
    committed(&mut notices, rows.into()).await;
    println!(
        "{:.0} people/s written",
        f64::from(rows) / start.elapsed().as_secs_f64()
    );
    handle.close().await.unwrap();
}
