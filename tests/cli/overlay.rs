//! `overlay`: in a home of its own.

use crate::program::{Home, PASSWORD};

#[tokio::test]
async fn export_writes_both_files_and_says_how_to_go_on() {
    let home = Home::new();
    std::fs::write(home.path("c.toml"), format!("[obs]\nhost = \"10.0.0.7\"\npassword = \"{PASSWORD}\"\n")).unwrap();
    let done = home.run(&["--config", "c.toml", "overlay", "export", "pages"]).await.succeeds();
    assert_eq!(done.out, "pages/streamerbot-over-obs.js\npages/obs-config.js\n");
    assert!(done.err.contains("<script src=\"streamerbot-over-obs.js\"></script>") && !done.err.contains(PASSWORD), "{done:?}");
    let config = std::fs::read_to_string(home.path("pages/obs-config.js")).unwrap();
    assert!(config.contains("10.0.0.7") && config.contains(PASSWORD), "{config}");

    home.run(&["--config", "c.toml", "--port", "4466", "overlay", "export", "pages"]).await.fails(1, &["pages/obs-config.js", "--force"]);
    assert_eq!(std::fs::read_to_string(home.path("pages/obs-config.js")).unwrap(), config);
    home.run(&["--config", "c.toml", "--port", "4466", "overlay", "export", "pages", "--force"]).await.succeeds();
    assert!(std::fs::read_to_string(home.path("pages/obs-config.js")).unwrap().contains("4466"));
}
