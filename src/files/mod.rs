//! SHELL. Files of the user: reads text in every encoding that Windows programs write, creates
//! files that only their owner can read, and replaces files in one step.
//!
//! Every part of the program that works with files uses this module. It does not interpret their
//! content.

mod links;
mod private;
mod replace;
pub mod strike;
pub mod text;

pub use links::{folder_of, links};
pub use private::{owner_only, readable_by_others};
pub use replace::replace;
