//! URLs instead of a host.

use std::fs;

use crate::program::{Done, Home, PASSWORD, obs};

const NO_ANSWER: Option<i32> = Some(5);

/// Case A10 with the right password.
#[tokio::test]
async fn an_address_as_obs_shows_it_connects() {
    let obs = obs().await;
    let home = Home::new();
    let address = format!("obsws://127.0.0.1:{}/{PASSWORD}", obs.port());
    let mut command = home.command(&["request", "GetInfo", "--timeout=50ms"]);
    command.env("OBS_HOST", &address);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let done = Done::of(&output.await.unwrap());
    assert_eq!(done.code, NO_ANSWER, "{done:?}");
}

/// Case A10. [`Done::of`] asserts that the password is not in the output.
#[tokio::test]
async fn no_error_repeats_a_password_in_the_host() {
    let home = Home::new();
    let addresses = [
        format!("http://localhost:4455/{PASSWORD}"),
        format!("obsws://me:{PASSWORD}@localhost"),
        format!("obsws:///{PASSWORD}"),
        format!("obsws://localhost:port/{PASSWORD}"),
        format!("me:{PASSWORD}@localhost"),
        format!("localhost:4455/{PASSWORD}"),
        format!("localhost:{PASSWORD}"),
    ];
    for address in addresses {
        let done = home.run(&["config", "show", "--host", &address]).await;
        done.fails(2, &["--host", "obsws://host:4455/password"]);
    }
}

#[tokio::test]
async fn an_address_that_is_not_there_is_named_without_its_password() {
    let home = Home::new();
    let address = format!("obsws://no-such-host.invalid:4455/{PASSWORD}");
    let done = home.run(&["status", "--host", &address]).await;
    done.fails(3, &["no-such-host.invalid"]);
    assert!(
        done.err.contains("a password in the address of --host"),
        "{done:?}"
    );
}

/// The settings in `[obs]` that `config show` prints in a home, without their origins.
async fn shown(home: &Home, flags: &[&str]) -> Vec<String> {
    let done = home
        .run(&[flags, &["config", "show"]].concat())
        .await
        .succeeds();
    let value = |name: &str| {
        let line = done
            .out
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    ["obs.host ", "obs.port ", "obs.tls ", "obs.path "]
        .map(value)
        .into()
}

/// Case A9.
#[tokio::test]
async fn an_address_stands_for_host_port_tls_and_path() {
    let home = Home::new();
    let cases: [(&[&str], [&str; 4]); 4] = [
        (
            &["--host=wss://relay.example/obs/ws/ID"],
            [r#""relay.example""#, "443", "true", r#""/obs/ws/ID""#],
        ),
        (
            &["--host=wss://relay.example", "--port=8443"],
            [r#""relay.example""#, "8443", "true", "(not"],
        ),
        (
            &["--host=ws://[fe80::2]:4466"],
            [r#""fe80::2""#, "4466", "false", "(not"],
        ),
        (
            &["--host=obsws://stream-pc"],
            [r#""stream-pc""#, "4455", "false", "(not"],
        ),
    ];
    for (flags, expected) in cases {
        assert_eq!(shown(&home, flags).await, expected, "{flags:?}");
    }
}

#[tokio::test]
async fn a_host_replaces_the_whole_address_of_a_weaker_source() {
    let home = Home::new();
    let config = "[obs]\nhost = 'wss://relay.example:8443/obs/ws/ID'\n";
    fs::write(home.path("c.toml"), config).unwrap();
    assert_eq!(
        shown(&home, &["--config=c.toml", "--host=stream-pc"]).await,
        [r#""stream-pc""#, "4455", "false", "(not"]
    );
}

#[tokio::test]
async fn a_password_in_an_address_and_another_one_are_too_many() {
    let home = Home::new();
    let address = format!("obsws://localhost/{PASSWORD}");
    let done = home
        .run(&["config", "show", "--host", &address, "--password", "other"])
        .await;
    done.fails(2, &["flag --host", "flag --password", "remove one"]);
}
