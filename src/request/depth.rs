//! Limits how deep the values of a request may nest.

/// Maximum nesting of an `id` or a `client`. The library for OBS can send at most 128 levels,
/// including the envelope.
pub(super) const DEEPEST: usize = 100;

/// The number of nested levels in a JSON text.
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
