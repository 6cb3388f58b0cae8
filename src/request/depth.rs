//! How deep what a request holds may nest.

/// How deep an `id` or a `client` may nest. What the library for OBS sends may nest 128 levels, the
/// envelope included.
pub(super) const DEEPEST: usize = 100;

/// How deep JSON nests.
pub(super) fn depth(json: &str) -> usize {
    let (mut now, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
