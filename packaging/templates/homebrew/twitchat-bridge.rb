class TwitchatBridge < Formula
  desc "Keeps and rolls the end credits of Twitch streams, with Twitchat and OBS"
  homepage "@ADDRESS@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@FILES@/twitchat-bridge-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "@FILES@/twitchat-bridge-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@FILES@/twitchat-bridge-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl.tar.gz@"
    end
    on_intel do
      url "@FILES@/twitchat-bridge-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl.tar.gz@"
    end
  end

  def install
    bin.install "twitchat-bridge"
    man1.install Dir["man1/*.1"]
    bash_completion.install "completions/twitchat-bridge"
    zsh_completion.install "completions/_twitchat-bridge"
    fish_completion.install "completions/twitchat-bridge.fish"
    doc.install "README.md", "CHANGELOG.md", "THIRD-PARTY-LICENSES.txt", Dir["docs/*"]
  end

  service do
    run [opt_bin/"twitchat-bridge", "run"]
    keep_alive crashed: true
    log_path var/"log/twitchat-bridge.log"
    error_log_path var/"log/twitchat-bridge.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/twitchat-bridge --version")
  end
end
