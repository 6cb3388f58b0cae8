//! Measures how fast the journal is written and read.

use super::*;

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
