//! PURE. The event model: messages on the bus, facts, names of events, people and amounts.

pub mod currency;
pub mod decimal;
pub mod emitted;
pub mod entries;
pub mod fact;
pub mod glob;
pub mod money;
pub mod name;
pub mod obs;
pub mod person;
pub mod received;
pub mod unique;
pub mod visible;
pub mod written;

pub use currency::Currency;
pub use decimal::Decimal;
pub use emitted::EmittedEvent;
pub use fact::Fact;
pub use glob::Glob;
pub use money::Money;
pub use name::EventName;
pub use obs::{ObsEvent, ObsSubscription};
pub use person::{Person, Platform, Roles, cut};
pub use received::{Message, Peek, Received};
