//! « A realm of your own », done as it is written: its commands in their order, its lines where they belong, and somebody
//! who registers their organisation there. Nothing else is put into the files than ports that are free.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use guichet::clock::SystemClock;
use guichet::config::Limits;
use guichet::demo::portal;
use guichet::entropy::OsEntropy;
use guichet::identity::language::Localized;
use guichet::secret::Secret;
use guichet::server::Listener;
use tempfile::TempDir;

use crate::nodes::browser::Browser;
use crate::nodes::journey::Mail;
use crate::nodes::site::free_port;
use crate::support::organisations::BY_HAND;
use crate::support::smtp::{Line, Script, SmtpSink};

/// What its blocks of commands say, in their order.
pub(super) const COMMANDS: [&str; 5] = [
    "guichet realm init bureau --preset chambersign",
    "openssl rand -base64 32 > master.key",
    "guichet realm validate realm-config",
    "guichet migrate run",
    "guichet serve --apply",
];

const EMAIL: &str = "marie.durand@exemple.fr";
const PASSWORD: &str = "Tilleul-brouette-42";

/// The section, with ports that are free.
fn section(relay: u16, portal: u16) -> String {
    let readme = super::read();
    let section = readme.split("## A realm of your own\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let ports = [(8080, free_port()), (9000, free_port()), (8091, portal), (1025, relay)];
    ports.iter().fold(section.to_owned(), |text, (said, free)| {
        let (said, free) = (said.to_string(), free.to_string());
        assert!(text.contains(&said), "{said}");
        text.replace(&said, &free)
    })
}

/// Its blocks of that kind.
fn blocks<'a>(section: &'a str, kind: &str) -> Vec<&'a str> {
    let opening = format!("```{kind}\n");
    section.split(opening.as_str()).skip(1).map(|after| after.split("```").next().unwrap()).collect()
}

/// The command, with the binary of this run.
fn command(line: &str, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_guichet")).parent().unwrap();
    let mut command = Command::new("sh");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    command.arg("-c").arg(format!("exec {line}")).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    command
}

fn run(line: &str, folder: &Path) -> String {
    let output = command(line, folder).output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8(said).unwrap()
}

/// Puts lines in the place of those of the same names, which may be commented out.
fn put(lines: &str, file: &Path) {
    let mut text = fs::read_to_string(file).unwrap();
    for line in lines.lines() {
        let name = line.split(" = ").next().unwrap();
        let is_it =
            |old: &&str| old.trim_start_matches("# ").strip_prefix(name).is_some_and(|after| after.starts_with(" = "));
        let old = text.lines().find(is_it).unwrap_or_else(|| panic!("no {name} in {}", file.display())).to_owned();
        text = text.replacen(&old, line, 1);
    }
    fs::write(file, text).unwrap();
}

/// A server; killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The order portal that the section speaks of.
fn portal(issuer: String, base: String, secret: &str, port: u16) -> Listener {
    let router = portal::router(portal::Settings {
        issuer,
        client_id: "portal".to_owned(),
        client_secret: Secret::new(secret.to_owned()),
        base_url: base,
        name: Localized::same("Bureau des clés"),
        offer: portal::Offer::Organisations,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
    });
    Listener::open((std::net::Ipv4Addr::LOCALHOST, port).into(), router.unwrap(), &Limits::default()).unwrap()
}

async fn mailed(mail: &SmtpSink) -> Mail {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..1500 {
        ticks.tick().await;
        if let Some(mail) = mail.taken().into_iter().rfind(|mail| mail.to == [EMAIL]) {
            return Mail::read(&mail.raw);
        }
    }
    panic!("no mail came")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_made_from_the_readme_alone_takes_an_organisation_with_a_chosen_password_and_terms() {
    let folder = TempDir::new().unwrap();
    let mail = SmtpSink::start(Script { line: Line::Clear, ..Script::default() }).await;
    let port = free_port();
    let section = section(mail.port(), port);
    assert_eq!(super::commands(&section), COMMANDS);

    let told = run(COMMANDS[0], folder.path());
    let [realm, client, settings] = blocks(&section, "toml").try_into().unwrap();
    let bureau = folder.path().join("realm-config/bureau");
    put(realm, &bureau.join("realm.toml"));
    put(client, &bureau.join("clients/portal.toml"));
    fs::write(folder.path().join("guichet.toml"), settings).unwrap();
    for command in &COMMANDS[1..4] {
        run(command, folder.path());
    }
    let server =
        Server(command(COMMANDS[4], folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let public = settings.lines().find_map(|line| line.strip_prefix("public_url = ")).unwrap().trim_matches('"');
    let issuer = format!("{public}/realms/bureau");
    assert!(section.contains(&format!("`{issuer}`")));
    answers(&format!("{issuer}/.well-known/openid-configuration")).await;

    let secret =
        told.lines().find_map(|line| line.strip_prefix("The secret of the client `portal`, shown this once: "));
    let base = format!("http://127.0.0.1:{port}");
    let listener = portal(issuer, base.clone(), secret.unwrap(), port);
    registers(&format!("{base}/register"), &mail).await;
    drop((listener, server));
}

/// Waits for the server: it is another process.
async fn answers(address: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..1200 {
        ticks.tick().await;
        if http.get(address).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
    }
    panic!("nothing at {address}")
}

/// From the portal's button to its home, on the pages that those files make.
async fn registers(from: &str, mail: &SmtpSink) {
    let mut browser = Browser::new();
    browser.open(from).await;
    let entity = [&BY_HAND[..], &[("organisation-number", "732 829 320 00074"), ("country", "FR")]].concat();
    let steps: [(&str, &[(&str, &str)]); 7] = [
        ("register", &[("registered-in", "france")]),
        ("register", &entity),
        (
            "administrator",
            &[
                ("firstName", "Marie"),
                ("lastName", "Durand"),
                ("phoneNumber", "06 12 34 56 78"),
                ("email", EMAIL),
                ("emailConfirm", EMAIL),
                ("password-new", PASSWORD),
                ("password-confirm", PASSWORD),
            ],
        ),
        ("link", &[("do", "confirm")]),
        ("accept-terms", &[("accept", "on"), ("do", "accept")]),
        ("designate-contacts", &[("legal", "me"), ("administrative", "nobody"), ("billing", "nobody"), ("do", "name")]),
        ("invite-users", &[("do", "finish")]),
    ];
    for (page, typed) in steps {
        assert_eq!((browser.page.status, browser.page.name()), (200, page), "{}", browser.page.words());
        browser.submit(typed).await;
        if browser.page.name() == "verify-email" {
            browser.open(&mailed(mail).await.link()).await;
        }
        if browser.page.name() == "done" {
            browser.follow("accept-terms");
            browser.settle().await;
        }
    }
    for words in ["Bonjour Marie Durand", "Exemple et filles", "SIRET 73282932000074", "Administrateur – déclaré"] {
        assert!(browser.page.says(words), "« {words} » is not on {}", browser.page.words());
    }
}
