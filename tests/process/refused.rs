//! There is no usable OBS. The program prints one clear message with the next step, returns the
//! right exit code, and never shows a password.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::SecretString;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::{StandIn, Versions};

use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::{stand_in, stand_in_with, target};
use crate::support::refusal::{assert_clear, assert_readable};
use crate::support::{PASSWORD, SOON, WRONG_PASSWORD};

const RUN: &[&str] = &["run"];
const STATUS: &[&str] = &["status"];
const WHERE: &str = "Tools > WebSocket Server Settings";

/// Checks that each verb ends with this code and with one message that contains all these texts.
async fn assert_refused(target: &Target, verbs: &[&[&str]], code: i32, texts: &[&str]) {
    for verb in verbs {
        let home = Home::new();
        let ended = home.verb(target, verb).ended().await;
        assert_eq!(ended.code, Some(code), "{verb:?}: {}", ended.stderr);
        assert_clear(&ended, texts);
    }
}

#[tokio::test]
async fn a_wrong_password_is_4() {
    let (_obs, target) = stand_in().await;
    let at = target.to_string();
    let wrong = Target {
        password: Some(WRONG_PASSWORD.into()),
        ..target
    };
    assert_refused(
        &wrong,
        &[RUN, STATUS],
        4,
        &[&at, "refused the password", "Show Connect Info", WHERE],
    )
    .await;
}

#[tokio::test]
async fn a_password_that_nobody_gave_is_4() {
    let (_obs, target) = stand_in().await;
    let at = target.to_string();
    let without = Target {
        password: None,
        ..target
    };
    assert_refused(
        &without,
        &[RUN, STATUS],
        4,
        &[
            &at,
            "asks for a password and none is set",
            "Show Connect Info",
            WHERE,
        ],
    )
    .await;
}

#[tokio::test]
async fn a_password_in_the_arguments_is_warned_of_and_not_repeated() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let ended = home
        .verb(
            &Target {
                password: None,
                ..target
            },
            &["status", "--password", WRONG_PASSWORD],
        )
        .ended()
        .await;
    assert_eq!(ended.code, Some(4));
    assert!(
        ended.stderr.contains("better use --password-file"),
        "{}",
        ended.stderr
    );
    assert_clear(&ended, &["refused the password"]);
}

/// A port without a listener, because the stand-in was stopped.
async fn nobody() -> (StandIn, Target) {
    let (obs, target) = stand_in().await;
    obs.kill().await;
    (obs, target)
}

#[tokio::test]
async fn no_obs_is_3() {
    let (_obs, target) = nobody().await;
    let at = target.to_string();
    let texts = [
        &at,
        "there is no OBS",
        "Start OBS",
        "Enable WebSocket server",
        WHERE,
    ];
    assert_refused(
        &target,
        &[STATUS, &["credits"], &["request", "GetInfo"]],
        3,
        &texts,
    )
    .await;
}

#[tokio::test]
async fn run_reports_a_missing_obs_at_1_2_4_attempts_and_connects_when_it_comes() {
    let (obs, target) = nobody().await;
    let home = Home::new();
    let mut bridge = home.run(&target);
    bridge.until_logged("there is no OBS at", SOON).await;
    // This time is long enough for several attempts.
    let port_is_closed = tokio::time::timeout(
        Duration::from_secs(4),
        bridge.until_logged("connected to OBS", SOON),
    )
    .await;
    assert!(port_is_closed.is_err());
    obs.start_again().await.unwrap();
    Bus::connect(&target).await.until_answered(SOON).await;
    let log = bridge.log();
    let attempts = |number: u32| log.contains(&format!("attempt={number} "));
    assert_eq!([1, 2, 3].map(attempts), [true, true, false], "{log}");
    assert!(log.contains("Start OBS"), "{log}");
    assert_readable(&log);
    assert!(bridge.is_running());
}

#[tokio::test]
async fn an_obs_that_is_too_old_is_7() {
    let versions = Versions {
        studio: "29.1.3".into(),
        websocket: "5.2.3".into(),
    };
    let (_obs, target) = stand_in_with(sim::obs::Options {
        versions,
        ..Default::default()
    })
    .await;
    let at = target.to_string();
    assert_refused(
        &target,
        &[RUN, STATUS],
        7,
        &[&at, "OBS 29.1.3", "too old", "Update to OBS 30.2 or newer"],
    )
    .await;
}

/// Writes OBS's own settings into a home folder, in OBS's format.
fn write_obs_settings(home: &Home, enabled: bool, port: u16) {
    let folder = home
        .path()
        .join(".config/obs-studio/plugin_config/obs-websocket");
    fs::create_dir_all(&folder).unwrap();
    let settings = serde_json::json!({ "alerts_enabled": false, "auth_required": true,
        "first_load": false,
        "server_enabled": enabled, "server_password": PASSWORD, "server_port": port });
    fs::write(folder.join("config.json"), settings.to_string()).unwrap();
}

/// A program that gets the address of OBS only from OBS's own settings.
fn on_its_own(home: &Home, args: &[&str]) -> Program {
    Program::start(home.bridge(args), None)
}

/// A port that refuses connections. While the socket exists, the system gives the port to no other
/// program.
fn port_without_listener() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any.into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

#[tokio::test]
async fn a_server_that_is_switched_off_is_detected_from_obs_settings() {
    let (_reserved, port) = port_without_listener();
    let home = Home::new();
    write_obs_settings(&home, false, port);
    let ended = on_its_own(&home, STATUS).ended().await;
    assert_eq!(ended.code, Some(3));
    let at = format!("there is no OBS at 127.0.0.1:{port}");
    assert_clear(&ended, &[&at, WHERE]);
    let advice = "the WebSocket server of OBS is switched off";
    let switch = "in OBS, Tools > WebSocket Server Settings > Enable WebSocket server";
    for text in [advice, switch, "obs-websocket/config.json"] {
        assert_eq!(
            ended.stderr.matches(text).count(),
            1,
            "{text:?}: {}",
            ended.stderr
        );
    }

    let bridge = on_its_own(&home, RUN);
    bridge.until_logged(advice, SOON).await;
    bridge.until_logged(switch, SOON).await;
}

#[tokio::test]
async fn a_server_that_is_switched_on_later_is_found_at_the_port_of_obs_settings() {
    let (obs, target) = nobody().await;
    let home = Home::new();
    write_obs_settings(&home, false, obs.port());
    let mut bridge = on_its_own(&home, RUN);
    bridge.until_logged("is switched off", SOON).await;
    write_obs_settings(&home, true, obs.port());
    obs.start_again().await.unwrap();
    Bus::connect(&target).await.until_answered(SOON).await;
    assert!(bridge.is_running());
}

#[tokio::test]
async fn settings_of_an_obs_that_is_installed_later_are_found() {
    let (obs, target) = nobody().await;
    let home = Home::new();
    let mut command = home.bridge(RUN);
    command.env("OBS_PORT", obs.port().to_string());
    let mut bridge = Program::start(command, None);
    bridge.until_logged("there is no OBS at", SOON).await;
    write_obs_settings(&home, true, obs.port());
    obs.start_again().await.unwrap();
    Bus::connect(&target).await.until_answered(SOON).await;
    assert!(bridge.is_running());
}

#[tokio::test]
async fn port_and_password_come_from_obs_settings() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    write_obs_settings(&home, true, obs.port());
    let mut bridge = on_its_own(&home, RUN);
    Bus::connect(&target).await.until_answered(SOON).await;
    let ended = on_its_own(&home, STATUS).ended().await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    assert!(bridge.is_running());
}

#[tokio::test]
async fn an_obs_that_restarts_on_another_port_is_found_by_its_settings() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    write_obs_settings(&home, true, obs.port());
    let mut bridge = on_its_own(&home, RUN);
    Bus::connect(&target).await.until_answered(SOON).await;
    let (later, target) = stand_in().await;
    write_obs_settings(&home, true, later.port());
    obs.stop().await;
    Bus::connect(&target).await.until_answered(SOON).await;
    assert!(bridge.is_running());
}

/// A web server that sends the same page for every request.
async fn web_server() -> (AbortOnDropHandle<()>, u16) {
    const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \
        7\r\nConnection: close\r\n\r\n<p>hi\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                // The client may have disconnected.
                if stream.read(&mut request).await.is_ok_and(|bytes| bytes > 0) {
                    drop(stream.write_all(PAGE).await);
                }
            });
        }
    });
    (AbortOnDropHandle::new(serving), port)
}

#[tokio::test]
async fn a_server_that_is_not_obs_is_3_and_is_named() {
    let (_serving, port) = web_server().await;
    let target = target(port, PASSWORD);
    let at = target.to_string();
    assert_refused(
        &target,
        &[STATUS],
        3,
        &[
            &at,
            "not obs-websocket",
            "web server",
            "Compare host and port",
            WHERE,
        ],
    )
    .await;

    let home = Home::new();
    let mut bridge = home.run(&target);
    bridge
        .until_logged("not obs-websocket, but a web server", SOON)
        .await;
    assert!(bridge.is_running(), "run waits: the port may become OBS's");
    assert_readable(&bridge.log());
}

#[tokio::test]
async fn kicked_in_obs_is_8() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let mut bridge = home.run(&target);
    Bus::connect(&target).await.until_answered(SOON).await;
    obs.kick_all();
    let ended = bridge.ended().await;
    assert_eq!(ended.code, Some(8), "{}", ended.stderr);
    assert_clear(
        &ended,
        &[
            "the user disconnected twitchat-bridge in OBS",
            "Start it again to connect again",
        ],
    );
}

#[tokio::test]
async fn a_refusal_after_the_first_connect_is_waited_out() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let mut bridge = home.run(&target);
    Bus::connect(&target).await.until_answered(SOON).await;
    obs.set_password(Some(SecretString::from(WRONG_PASSWORD)));
    obs.kill().await;
    obs.start_again().await.unwrap();
    bridge.until_logged("refused the password", SOON).await;
    obs.set_password(Some(SecretString::from(PASSWORD)));
    Bus::connect(&target).await.until_answered(SOON).await;
    assert!(bridge.is_running());
}
