//! `mod_auth_openidc` in an Apache of the story's own: a page behind a sign-in, and the way out.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::house::House;
use super::installed;
use crate::nodes::site::free_port;
use crate::support::chromium::{Page, Settings};
use crate::support::process::{Process, folder};

/// A running Apache with a page for everybody and one for who is signed in; gone when dropped.
struct Apache {
    process: Process,
    origin: String,
}

impl Apache {
    /// Started on that port for the provider, and listening.
    async fn start(modules: &Path, port: u16, house: &House) -> Self {
        let folder = folder();
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
        let process = Process::start(command, folder, ([127, 0, 0, 1], port).into()).await;
        Self { process, origin: format!("http://127.0.0.1:{port}") }
    }

    fn said(&self) -> String {
        self.process.said()
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
