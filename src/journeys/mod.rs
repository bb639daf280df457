//! The hosted pages.
