//! A server of somebody else's in a process of its own: started by a story, waited for, and gone with it.

use std::fs::{self, OpenOptions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;

/// The process and the folder with its settings and what it says; both are gone when it is dropped.
pub(crate) struct Process {
    child: Child,
    folder: TempDir,
}

/// A folder for such a server, in which also a user may look who may do nothing else.
pub(crate) fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    // Servers that root starts give themselves to such a user.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

impl Process {
    /// Runs `command` until it accepts connections at `address`. What it says goes into the file `said` of `folder`.
    pub(crate) async fn start(mut command: Command, folder: TempDir, address: SocketAddr) -> Self {
        let said = || OpenOptions::new().create(true).append(true).open(said(folder.path())).unwrap();
        let child = command.stdin(Stdio::null()).stdout(said()).stderr(said()).spawn().unwrap();
        let mut process = Self { child, folder };
        process.listens(address).await;
        process
    }

    async fn listens(&mut self, address: SocketAddr) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..500 {
            ticks.tick().await;
            if TcpStream::connect(address).await.is_ok() {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?}\n{}", self.said());
        }
        panic!("nobody listens at {address}\n{}", self.said());
    }

    /// All that it said so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(said(self.folder.path())).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGTERM, so that its children end with it; std knows only SIGKILL.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

fn said(folder: &Path) -> std::path::PathBuf {
    folder.join("said")
}
