//! `mod_auth_openidc` in an Apache of the story's own: a page behind a sign-in, and the way out.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::house::House;
use super::installed;
use crate::nodes::site::free_port;
use crate::support::chromium::{Page, Settings};

/// A running Apache with a page for everybody and one for who is signed in; gone when dropped.
struct Apache {
    process: Child,
    folder: TempDir,
    origin: String,
}

impl Apache {
    /// Started on that port for the provider, and listening.
    async fn start(modules: &Path, port: u16, house: &House) -> Self {
        let folder = TempDir::new().unwrap();
        // Apache gives itself to a user who may do nothing, when root starts it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let pages = folder.path().join("pages");
        fs::create_dir_all(pages.join("members")).unwrap();
        fs::write(pages.join("index.html"), "<h1>Shop</h1>").unwrap();
        fs::write(pages.join("members/index.html"), include_str!("mod_auth_openidc/members.html")).unwrap();
        let settings = include_str!("mod_auth_openidc/apache.conf")
            .replace("MODULES", &modules.display().to_string())
            .replace("FOLDER", &folder.path().display().to_string())
            .replace("PORT", &port.to_string())
            .replace("ISSUER", &house.issuer())
            .replace("SECRET", house.secret());
        let file = folder.path().join("apache.conf");
        fs::write(&file, settings).unwrap();
        let mut command = Command::new("apache2");
        // The folder is said first: Debian's own would be read otherwise.
        command.arg("-d").arg(folder.path()).arg("-f").arg(&file).arg("-DFOREGROUND");
        let process = command.stdin(Stdio::null()).spawn().unwrap();
        let mut apache = Self { process, folder, origin: format!("http://127.0.0.1:{port}") };
        apache.answers().await;
        apache
    }

    async fn answers(&mut self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..500 {
            ticks.tick().await;
            if reqwest::get(&self.origin).await.is_ok() {
                return;
            }
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "Apache ended: {ended:?}\n{}", self.said());
        }
        panic!("Apache does not answer\n{}", self.said());
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // SIGTERM, so that its children end with it; std knows only SIGKILL.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }
}

/// The application in its realm.
fn file(port: u16) -> String {
    format!(
        r#"redirect_uris = ["http://127.0.0.1:{port}/members/back"]
post_logout_redirect_uris = ["http://127.0.0.1:{port}/"]
scope = "openid profile email"
secrets = []
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn mod_auth_openidc_protects_a_page_and_signs_somebody_out() {
    let Some(modules) = installed::apache_modules() else { return };
    let port = free_port();
    let house = House::in_clear(&file(port)).await;
    let Some(page) = Page::open(Settings { language: "fr", ..Settings::default() }).await else { return };
    let apache = Apache::start(&modules, port, &house).await;
    let person = house.somebody().await.person;
    let members = format!("{}/members/", apache.origin);

    page.goto(&members).await;
    page.fill_named("username", &person.email).await;
    page.fill_named("password", person.password).await;
    page.press("Connexion").await;
    page.shows("Bonjour Marie Durand").await;
    assert_eq!(page.address().await, members, "{}", apache.said());
    assert_eq!(page.text_of("email").await, person.email, "{}", apache.said());

    page.goto(&format!("{}/members/back?logout=http%3A%2F%2F127.0.0.1%3A{port}%2F", apache.origin)).await;
    page.shows("Shop").await;
    assert_eq!(page.address().await, format!("{}/", apache.origin), "{}", apache.said());
    page.goto(&members).await;
    page.shows("Connectez-vous à votre compte").await;
    page.close().await;
}
