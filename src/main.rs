//! The `guichet` command.

use std::process::ExitCode;

/// Gives Argon2id's 19 MiB blocks back to the system when a burst of sign-ins is over.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // First of all: whatever speaks TLS after this uses this one provider. A second call would fail, there is none.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    guichet::cli::run(std::env::args_os()).into()
}
