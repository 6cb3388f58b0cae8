//! PURE. The credits: a fold over facts, its sections and leaderboards, the shapes of the replies,
//! the contents of the end-credits page, and sample data.
//!
//! [`Fold`] receives journal rows in their order, live and in a replay alike, so that credits after
//! a restart equal those before it. The fold counts everybody. People are left out only when a
//! reply is made, so that a later ban applies to earlier events too.

pub mod arrivals;
pub mod bans;
mod edited_people;
pub mod edits;
pub mod first;
pub mod fold;
pub mod gift_bombs;
pub mod ignore;
pub mod joined_extras;
pub mod known;
pub mod leaderboards;
pub mod left_out;
pub mod listed;
pub mod namesakes;
pub mod people;
mod recipients;
mod redeemed;
pub mod reply;
pub mod roll;
pub mod sample;
pub mod section;
pub mod single;
pub mod subscribed;
pub mod sums;
pub mod tally;
pub mod test_audience;
pub mod twins;

pub use bans::Bans;
pub use edits::{Edit, EntryId, Subject};
pub use fold::{Fold, Origin, Outcome};
pub use ignore::Ignore;
pub use known::PersonId;
pub use leaderboards::{Calendar, Leaderboards};
pub use left_out::LeftOut;
pub use people::People;
pub use reply::{Options, Spelling};
pub use section::Section;
pub use sums::Sums;
