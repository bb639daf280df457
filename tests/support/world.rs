//! The world of a story: a house behind its proxy on loopback, its database, its mailbox, a clock that stands.
//!
//! Everything is the product's own: the same assembly, server and layers as `guichet serve`, asked over real sockets.
//! What a proxy would say of the client, browsers say themselves, so that each has an address of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use guichet::assembly::{House, Plan};
use guichet::clock::{Clock, Duration, MovableClock, Timestamp};
use guichet::config::{
    CertificateFrom, CertificateListener, Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity,
};
use guichet::entropy::{Entropy, SeededEntropy};
use guichet::mail::delivery::Delivery;
use guichet::mail::mailbox::{Letter, Mailbox};
use guichet::outbound::OutboundSettings;
use guichet::realm::document::Bundle;
use guichet::realm::preset::{PORTAL, Preset};
use guichet::registries::{FixedMode, RegistrySettings};
use guichet::secret::Secret;
use guichet::server::{Parts, Server, probe};
use guichet::store::Store;
use prometheus_client::registry::Registry;
use url::Url;

use super::browser::Browser;
use super::card::{TlsClient, tls_files};
use super::client_app::ClientApp;
use super::database::{Database, Engine};
use super::outside::Outside;

/// Where people reach the house.
pub(crate) const PUBLIC: &str = "https://connexion.certinomis.example";
/// Where clients with a certificate reach it.
pub(crate) const CERTIFICATE: &str = "https://certificat.certinomis.example";
/// The realm that every world has.
pub(crate) const REALM: &str = "certinomis";
/// The house's master key.
pub(crate) const MASTER_KEY: &str = "FYPhcXl2HAniLpRrtxmlH8TxA3KKMiCgfKR6FbSnsD4=";
/// The secret of the client "portal".
pub(crate) const PORTAL_SECRET: &str = "zM3qkB5xT0aWcYr8Jd2LhVnP6fSgE9uKiO7vXtRbQmA";
/// Where the portal is.
pub(crate) const PORTAL_HOME: &str = "https://portail.example/";
/// Where the portal takes answers.
pub(crate) const CALLBACK: &str = "https://portail.example/retour";

/// How long a request to others may take. The first failure of each address is told when it is over (SR-170).
const OUTBOUND: Duration = Duration::from_secs(2);

/// 3 March 2026, 14:12 in Paris.
const START: Timestamp = Timestamp::from_seconds(1_772_543_520);

/// Tells `story` on SQLite, and on PostgreSQL where there is one.
pub(crate) async fn on_each_database(story: impl AsyncFn(&mut World)) {
    for engine in Engine::available() {
        println!("told on {engine:?}");
        let mut world = World::new(engine).await;
        // Stories are long, and so is what they keep between two lines.
        Box::pin(story(&mut world)).await;
        world.end().await;
    }
    if !Engine::available().contains(&Engine::Postgres) {
        println!("left out: PostgreSQL (GUICHET_TEST_POSTGRES is not set)");
    }
}

/// A house and all that is around it.
pub(crate) struct World {
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) database: Database,
    pub(crate) mailbox: Mailbox,
    /// Other servers, and the names that lead to them.
    pub(crate) outside: Outside,
    /// The node that browsers reach.
    pub(crate) node: Node,
    bundle: Bundle,
    /// Who is asked about organisations.
    registries: RegistrySettings,
    /// Where clients with a certificate reach the house, once it asks for one.
    certificate_url: Option<Url>,
    /// What stands between browsers and the node, if something does.
    front: Option<Arc<TlsClient>>,
}

impl World {
    /// A world with the realm `certinomis`, nobody in it, at 14:12 in Paris.
    pub(crate) async fn new(engine: Engine) -> Self {
        let database = Database::new(engine).await;
        let (clock, entropy) = (Arc::new(MovableClock::standing_at(START)), Arc::new(SeededEntropy::new(2)) as Arc<_>);
        let outside = Outside::new();
        let registries = settings().registries;
        let around = (&outside, &registries);
        let house = build(database.open().await, (Arc::clone(&clock), Arc::clone(&entropy)), around, None).await;
        let node = Node::start(house, &entropy, &settings());
        let (mailbox, bundle) = (Mailbox::default(), bundle(Preset::Certinomis));
        let (certificate_url, front) = (None, None);
        Self { clock, entropy, database, mailbox, outside, node, bundle, registries, certificate_url, front }
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Another node on the same database.
    pub(crate) async fn another_node(&self) -> Node {
        Node::start(self.another_house().await, &self.entropy, &settings())
    }

    async fn another_house(&self) -> House {
        let (clock, entropy) = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let around = (&self.outside, &self.registries);
        build(self.database.open().await, (clock, entropy), around, self.certificate_url.clone()).await
    }

    /// The node gives way to one that asks those about organisations.
    pub(crate) async fn asks(&mut self, registries: RegistrySettings) {
        self.registries = registries;
        self.node = self.another_node().await;
    }

    /// The node gives way to one with a listener for certificates; returns a client of that listener, without a card.
    pub(crate) async fn asks_for_certificates(&mut self) -> TlsClient {
        let folder = tempfile::tempdir().unwrap();
        let (files, authority) = tls_files(folder.path());
        TlsClient::new(self.takes_certificates(CertificateFrom::Handshake(files)).await, &authority)
    }

    /// The node gives way to one with a listener to which certificates come in that way; returns its address.
    pub(crate) async fn takes_certificates(&mut self, from: CertificateFrom) -> SocketAddr {
        let public_url = Url::parse(CERTIFICATE).unwrap();
        self.certificate_url = Some(public_url.clone());
        let listener = CertificateListener { public_url, listen: vec!["127.0.0.1:0".parse().unwrap()], from };
        let settings = Settings { certificate: Some(listener), ..settings() };
        self.node = Node::start(self.another_house().await, &self.entropy, &settings);
        self.node.server.certificate().next().unwrap()
    }

    /// Browsers reach the node by way of that from now on.
    pub(crate) fn stands_behind(&mut self, front: TlsClient) {
        self.front = Some(Arc::new(front));
    }

    /// The house ends as by a crash, without a word to its database, and another takes its place.
    pub(crate) async fn restarts(&mut self) {
        self.node = self.another_node().await;
    }

    /// The realm's files give way to those of another preset; its name and its portal stay.
    pub(crate) async fn becomes(&mut self, preset: Preset) {
        self.bundle = bundle(preset);
        self.applies().await;
    }

    /// Changes `realm.toml` by replacing texts that stand in it, and makes it live.
    pub(crate) async fn rewrites_realm(&mut self, changes: &[(&str, &str)]) {
        let file = self.bundle.files.get_mut("realm.toml").unwrap();
        for (old, new) in changes {
            assert!(file.contains(old), "realm.toml does not say {old}");
            *file = file.replace(old, new);
        }
        self.applies().await;
    }

    /// Declares another client, from the text of its file.
    pub(crate) async fn adds_client(&mut self, id: &str, file: String) {
        self.bundle.files.insert(format!("clients/{id}.toml"), file);
        self.applies().await;
    }

    /// Changes the file of a client by replacing texts that stand in it.
    pub(crate) async fn rewrites_client(&mut self, id: &str, changes: &[(&str, &str)]) {
        let file = self.bundle.files.get_mut(&format!("clients/{id}.toml")).unwrap();
        for (old, new) in changes {
            assert!(file.contains(old), "the file of {id} does not say {old}");
            *file = file.replace(old, new);
        }
        self.applies().await;
    }

    /// Puts a file into the realm's folder, and makes it live.
    pub(crate) async fn adds_file(&mut self, path: &str, text: String) {
        self.bundle.files.insert(path.to_owned(), text);
        self.applies().await;
    }

    /// Puts several files into the realm's folder at once, and makes them live.
    pub(crate) async fn adds_files(&mut self, files: &[(&str, &str)]) {
        self.bundle.files.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        self.applies().await;
    }

    /// The files of the realm before any story changed them.
    pub(crate) fn as_its_preset_has_it() -> Bundle {
        bundle(Preset::Certinomis)
    }

    /// The realm's files as they are declared now.
    pub(crate) const fn files(&self) -> &Bundle {
        &self.bundle
    }

    /// Takes a client out of the realm.
    pub(crate) async fn removes_client(&mut self, id: &str) {
        self.bundle.files.remove(&format!("clients/{id}.toml")).unwrap();
        self.applies().await;
    }

    /// Makes the realm's files live.
    async fn applies(&self) {
        if let Err(findings) = self.node.house.apply(std::slice::from_ref(&self.bundle), "story").await.unwrap() {
            panic!("the realm does not pass:\n{findings}");
        }
    }

    /// Another realm: this one under another name.
    pub(crate) async fn adds_realm(&self, name: &str) {
        let bundle = Bundle { folder: format!("stories/{name}"), files: self.bundle.files.clone() };
        assert!(self.node.house.apply(&[bundle], "story").await.unwrap().is_ok());
    }

    /// A person's browser, that nobody used before, at an address of its own.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.node.address).through(self.front.clone())
    }

    /// The client of the preset.
    pub(crate) fn portal(&self) -> ClientApp {
        ClientApp::new(self, "portal", PORTAL_SECRET, CALLBACK)
    }

    /// Delivers all mail that is due.
    pub(crate) async fn posts(&self) {
        let delivery = Delivery::Mailbox(self.mailbox.clone());
        while self.node.house.post_one(&delivery).await.unwrap() {}
    }

    /// All mail to that address, the oldest first, once everything due is delivered.
    pub(crate) async fn mails_to(&self, address: &str) -> Vec<Letter> {
        self.posts().await;
        let mut letters = self.mailbox.letters();
        letters.retain(|letter| letter.to == address);
        letters.reverse();
        letters
    }

    /// The newest mail to that address.
    pub(crate) async fn mail_to(&self, address: &str) -> Letter {
        self.mails_to(address).await.pop().unwrap_or_else(|| panic!("no mail for {address}"))
    }

    /// Takes the world down.
    pub(crate) async fn end(self) {
        self.node.stop().await;
        self.database.end().await;
    }
}

/// The link in a mail.
pub(crate) fn link(letter: &Letter) -> String {
    letter.links.first().unwrap_or_else(|| panic!("no link in {}", letter.text)).clone()
}

/// The code in a mail.
pub(crate) fn code(letter: &Letter) -> String {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    letter.text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in {}", letter.text)).to_owned()
}

/// A process of the house.
pub(crate) struct Node {
    pub(crate) house: House,
    pub(crate) address: SocketAddr,
    server: Server,
}

impl Node {
    fn start(house: House, entropy: &Arc<dyn Entropy>, settings: &Settings) -> Self {
        let watched = house.clone();
        let parts = Parts {
            app: house.router(),
            certificate: house.certificate_router(),
            ready: probe(move || {
                let house = watched.clone();
                async move { house.is_ready().await }
            }),
            registry: Registry::default(),
            entropy: Arc::clone(entropy),
        };
        let server = Server::start(settings, parts).unwrap();
        let address = server.public().next().unwrap();
        Self { house, address, server }
    }

    /// Ends it as an operator does.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
        self.house.close().await.unwrap();
    }
}

/// Gives a migrated database its realm and the keys of that realm.
pub(crate) async fn furnish(store: Store) {
    let (clock, entropy) = (Arc::new(MovableClock::standing_at(START)), Arc::new(SeededEntropy::new(1)) as Arc<_>);
    let around = (&Outside::new(), &settings().registries);
    let house = build(store, (clock, entropy), around, None).await;
    assert!(house.apply(&[bundle(Preset::Certinomis)], "story").await.unwrap().is_ok());
    house.close().await.unwrap();
}

async fn build(
    store: Store,
    (clock, entropy): (Arc<MovableClock>, Arc<dyn Entropy>),
    (outside, registries): (&Outside, &RegistrySettings),
    certificate_url: Option<Url>,
) -> House {
    let settings = settings();
    let hashing = (settings.limits.password_hashes, settings.limits.password_hash_queue);
    let (master_key, public_url, registries) = (settings.master_key, settings.public_url, registries.clone());
    let outbound = outside.outbound(OUTBOUND);
    let plan = Plan {
        store,
        clock,
        entropy,
        master_key,
        public_url,
        certificate_url,
        hashing,
        outbound,
        registries,
        demo_mailbox: None,
    };
    House::build(plan).await.unwrap()
}

/// The realm of a preset with the stories' portal; RSA keys of 2048 bits are quicker to make.
fn bundle(preset: Preset) -> Bundle {
    let mut bundle = preset.bundle(&format!("stories/{REALM}"));
    let portal =
        preset.portal_client(CALLBACK, PORTAL_HOME, PORTAL_HOME, &Secret::new(PORTAL_SECRET.to_owned()).hash());
    bundle.files.insert(PORTAL.to_owned(), portal);
    let realm = bundle.files.get_mut("realm.toml").unwrap();
    *realm = realm.replace("rsa_bits = 3072", "rsa_bits = 2048");
    bundle
}

/// As behind a proxy that ends TLS on the same machine.
fn settings() -> Settings {
    Settings {
        public_url: Url::parse(PUBLIC).unwrap(),
        master_key: Secret::new(MASTER_KEY.to_owned()),
        public: vec!["127.0.0.1:0".parse().unwrap()],
        management: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        certificate: None,
        proxies: Proxies { trusted: vec!["127.0.0.0/8".parse().unwrap()], ..Proxies::default() },
        database: Secret::new("sqlite:unused.db".to_owned()),
        smtp: Smtp {
            host: "localhost".to_owned(),
            port: 25,
            security: SmtpSecurity::Loopback,
            credentials: None,
            ca: None,
        },
        outbound: OutboundSettings::default(),
        registries: RegistrySettings::Fixed(FixedMode::Answers),
        realms: "realm-config".into(),
        log: Log { format: LogFormat::Text, level: "off".to_owned() },
        limits: Limits { shutdown_time: Duration::from_secs(1), ..Limits::default() },
    }
}
