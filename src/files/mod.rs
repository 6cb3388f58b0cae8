//! SHELL. Files of the user: reads text in every encoding that Windows programs write, and makes
//! files that nobody else may read.
//!
//! All parts with files use it. It does not know what stands in a file.

mod private;
pub mod text;

pub use private::owner_only;
