//! SHELL. Files of the user: reads text in every encoding that Windows programs write, and makes
//! files that only their owner can read.
//!
//! Every part of the program that works with files uses this module. It does not interpret their
//! content.

mod private;
pub mod strike;
pub mod text;

pub use private::owner_only;
