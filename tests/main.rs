//! The one integration-test binary: each binary would link everything once more.

mod pages;
