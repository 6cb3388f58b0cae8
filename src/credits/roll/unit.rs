//! The units of amounts that are no money.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Bits,
    Months,
    Gifts,
    Viewers,
    Points,
    Hype,
    Messages,
    Likes,
    Shares,
    Times,
    Seconds,
    Diamonds,
}
