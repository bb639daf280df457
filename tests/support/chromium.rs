//! Headless Chromium as a person's browser: pages are read by their words, fields by their labels.
//!
//! Each [`Page`] has a ChromeDriver, a Chromium and a profile of its own, all gone when it is dropped. Words in
//! stories are written with plain spaces; no-break ones on the page match them. A machine without ChromeDriver leaves
//! the browser stories out and says so, unless `GUICHET_TEST_BROWSER` demands them, as `tests/run` does.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::ChromeCapabilities;
use thirtyfour::prelude::*;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::held::Held;

/// Two browsers keep two cores busy; more only slow each other down.
static SEATS: Semaphore = Semaphore::const_new(2);

/// How long a page may take to show what a story expects of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Whose browser it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Whether pages may run scripts.
    pub(crate) scripts: bool,
    /// `Accept-Language`, as a tag.
    pub(crate) language: &'static str,
    /// The width of the window in CSS pixels.
    pub(crate) width: u32,
    /// Whether the person prefers dark pages.
    pub(crate) dark: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { scripts: true, language: "fr", width: 1100, dark: false }
    }
}

/// An open tab. The order of the fields is the order in which they end.
pub(crate) struct Page {
    driver: WebDriver,
    _chromedriver: Chromedriver,
    _seat: SemaphorePermit<'static>,
}

impl Page {
    /// Opens a browser, or says why the story is left out.
    pub(crate) async fn open(settings: Settings) -> Option<Self> {
        Self::open_holding(settings, None).await
    }

    /// Opens a browser that holds a certificate, or trusts somebody, from the start.
    pub(crate) async fn open_holding(settings: Settings, held: Option<&Held>) -> Option<Self> {
        let seat = SEATS.acquire().await.unwrap();
        let chromedriver = Chromedriver::start(held)?;
        let mut chromium = ChromeCapabilities::new();
        // No sandbox, since test machines run as root; nothing of Chromium's own may look for the internet.
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ] {
            chromium.add_arg(argument).unwrap();
        }
        let javascript = if settings.scripts { 1 } else { 2 };
        let preferences = json!({
            "profile.managed_default_content_settings.javascript": javascript,
            "intl.accept_languages": settings.language,
            "credentials_enable_service": false,
            // Shown without a question: nobody sits before the window of the browser's own where one is chosen.
            "profile.managed_auto_select_certificate_for_urls": held.map_or_else(Vec::new, |held| {
                vec![json!({ "pattern": held.asked_by, "filter": {} }).to_string()]
            }),
        });
        chromium.add_experimental_option("prefs", preferences).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", chromedriver.port), chromium).await.unwrap();
        let page = Self { driver, _chromedriver: chromedriver, _seat: seat };
        page.cdp("Page.setBypassCSP", json!({ "enabled": false })).await;
        page.resize(settings.width).await;
        page.prefer(settings.dark).await;
        Some(page)
    }

    /// Opens an address.
    pub(crate) async fn goto(&self, address: &str) {
        self.driver.goto(address).await.unwrap();
    }

    /// The browser's Back button.
    pub(crate) async fn back(&self) {
        self.driver.back().await.unwrap();
    }

    /// The browser's Reload button.
    pub(crate) async fn reload(&self) {
        self.driver.refresh().await.unwrap();
    }

    /// Where the tab is.
    pub(crate) async fn address(&self) -> String {
        self.driver.current_url().await.unwrap().to_string()
    }

    /// Types into the field with that label, in place of what it holds.
    pub(crate) async fn fill(&self, label: &str, typed: &str) {
        let label = self.one(&format!("//label[starts-with({WORDS}, {})]", literal(label))).await;
        let id = label.attr("for").await.unwrap().unwrap_or_else(|| panic!("the label is tied to no field"));
        self.replace(&self.one(&format!("//*[@id={}]", literal(&id))).await, typed).await;
    }

    /// Types into the field of that name: names are the public contract, labels are a realm's.
    pub(crate) async fn fill_named(&self, name: &str, typed: &str) {
        self.replace(&self.one(&format!("//*[@name={}][not(@type='hidden')]", literal(name))).await, typed).await;
    }

    async fn replace(&self, field: &WebElement, typed: &str) {
        field.clear().await.unwrap();
        field.send_keys(typed).await.unwrap();
    }

    /// What the field of that name holds.
    pub(crate) async fn value_of(&self, name: &str) -> String {
        let field = self.one(&format!("//*[@name={}]", literal(name))).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Presses the button that starts with these words.
    pub(crate) async fn press(&self, words: &str) {
        self.one(&format!("//button[starts-with({WORDS}, {})]", literal(words))).await.click().await.unwrap();
    }

    /// Presses that button twice, as impatient people do.
    pub(crate) async fn press_twice(&self, words: &str) {
        let button = self.one(&format!("//button[starts-with({WORDS}, {})]", literal(words))).await;
        self.driver.action_chain().double_click_element(&button).perform().await.unwrap();
    }

    /// Types where the focus is; `\n` is Enter, `\t` is Tab.
    pub(crate) async fn types(&self, typed: &str) {
        let keys: String = typed
            .chars()
            .map(|key| match key {
                '\n' => char::from(Key::Enter),
                '\t' => char::from(Key::Tab),
                other => other,
            })
            .collect();
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// The Tab key.
    pub(crate) async fn tab(&self) {
        self.types("\t").await;
    }

    /// What has the focus: a field by its name, anything else by its words.
    pub(crate) async fn focused(&self) -> String {
        let focused = self.driver.active_element().await.unwrap();
        match focused.attr("name").await.unwrap() {
            Some(name) => name,
            None => plain(&focused.text().await.unwrap()),
        }
    }

    /// The fields in which something can be typed, each with what browsers are told of it.
    pub(crate) async fn autocomplete(&self) -> Vec<String> {
        let path = "//input[not(@type='hidden' or @type='checkbox')] | //select";
        let mut told = Vec::new();
        for field in self.driver.find_all(By::XPath(path)).await.unwrap() {
            let (name, token) = (field.attr("name").await.unwrap(), field.attr("autocomplete").await.unwrap());
            told.push(format!("{}={}", name.unwrap_or_default(), token.unwrap_or_default()));
        }
        told
    }

    /// Follows the link that starts with these words.
    pub(crate) async fn follow(&self, words: &str) {
        self.one(&format!("//a[starts-with({WORDS}, {})]", literal(words))).await.click().await.unwrap();
    }

    /// Where the link that starts with these words leads.
    pub(crate) async fn leads(&self, words: &str) -> String {
        let link = self.one(&format!("//a[starts-with({WORDS}, {})]", literal(words))).await;
        link.attr("href").await.unwrap().unwrap_or_default()
    }

    /// Ticks the box of that name.
    pub(crate) async fn tick(&self, name: &str) {
        self.one(&format!("//input[@type='checkbox'][@name={}]", literal(name))).await.click().await.unwrap();
    }

    /// Chooses one of a few: the radio button of that name and value.
    pub(crate) async fn choose(&self, name: &str, value: &str) {
        let path = format!("//input[@type='radio'][@name={}][@value={}]", literal(name), literal(value));
        self.one(&path).await.click().await.unwrap();
    }

    /// Opens an address in another tab, and turns to it.
    pub(crate) async fn opens_tab(&self, address: &str) {
        let tab = self.driver.new_tab().await.unwrap();
        self.driver.switch_to_window(tab).await.unwrap();
        self.goto(address).await;
    }

    /// Turns to a tab, counted from 0 as they were opened.
    pub(crate) async fn turns_to(&self, tab: usize) {
        let tabs = self.driver.windows().await.unwrap();
        self.driver.switch_to_window(tabs[tab].clone()).await.unwrap();
    }

    /// Opens the menu of the page, which needs no script.
    pub(crate) async fn open_menu(&self) {
        self.one("//header//details/summary").await.click().await.unwrap();
    }

    /// Waits for the page with this heading; says which one came instead.
    pub(crate) async fn shows(&self, heading: &str) {
        let path = format!("//h1[{WORDS}={}]", literal(heading));
        if self.driver.query(By::XPath(path)).wait(PATIENCE, POLL).first().await.is_err() {
            let (title, address) = (self.driver.title().await.unwrap_or_default(), self.address().await);
            let source = self.driver.source().await.unwrap_or_default();
            panic!("expected the page “{heading}”, got “{title}” at {address}\n{source}");
        }
    }

    /// Waits until these words stand somewhere on the page.
    pub(crate) async fn says(&self, words: &str) {
        self.one(&format!("//body//*[contains({WORDS}, {})]", literal(words))).await;
    }

    /// What stands in the element with that id.
    pub(crate) async fn text_of(&self, id: &str) -> String {
        plain(&self.one(&format!("//*[@id={}]", literal(id))).await.text().await.unwrap())
    }

    /// The language that the page says it is in.
    pub(crate) async fn language(&self) -> String {
        self.one("/html").await.attr("lang").await.unwrap().unwrap_or_default()
    }

    /// Runs a script, whatever the page's policy says of scripts.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.cdp("Runtime.evaluate", asked).await;
        assert!(answer.get("exceptionDetails").is_none(), "{}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// A DevTools command.
    pub(crate) async fn cdp(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Gives the window another width.
    pub(crate) async fn resize(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Gives the person another preference between light and dark, and less motion: a colour on its way from one scheme
    /// to the other is neither.
    pub(crate) async fn prefer(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.cdp("Emulation.setEmulatedMedia", features).await;
    }

    /// Keeps a picture of the whole page as `screenshots/{name}.png` in the build folder.
    pub(crate) async fn screenshot(&self, name: &str) {
        let answer = self.cdp("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let picture = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        let folder = build_folder().join("screenshots");
        let file = folder.join(format!("{name}.png"));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, picture).unwrap();
    }

    /// What the page and everything it loaded weigh, uncompressed, in bytes, and how many requests that took. Frames are
    /// pages of others, which hear there that a session is over.
    pub(crate) async fn weight(&self) -> (u64, usize) {
        let asked = "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind)).filter(e => e.name.startsWith('http') && e.initiatorType !== 'iframe').map(e => e.decodedBodySize)";
        let sizes: Vec<u64> = serde_json::from_value(self.evaluate(asked).await).unwrap();
        (sizes.iter().sum(), sizes.len())
    }

    /// Closes the browser; one that is merely dropped is closed as well, less politely.
    pub(crate) async fn close(self) {
        self.driver.quit().await.unwrap();
    }

    /// What those elements say, in the order of the page.
    pub(super) async fn each(&self, path: &str) -> Vec<String> {
        let mut said = Vec::new();
        for element in self.driver.find_all(By::XPath(path)).await.unwrap() {
            said.push(plain(&element.text().await.unwrap()));
        }
        said
    }

    pub(super) async fn one(&self, path: &str) -> WebElement {
        if let Ok(element) = self.driver.query(By::XPath(path)).wait(PATIENCE, POLL).first().await {
            return element;
        }
        let (address, source) = (self.address().await, self.driver.source().await.unwrap_or_default());
        panic!("nothing on the page is {path}, at {address}\n{source}");
    }
}

pub(super) const POLL: Duration = Duration::from_millis(50);

/// An element's words in XPath, no-break spaces read as spaces.
pub(super) const WORDS: &str = "normalize-space(translate(., '\u{a0}\u{202f}', '  '))";

/// Words with plain spaces.
pub(crate) fn plain(words: &str) -> String {
    words.replace(['\u{a0}', '\u{202f}'], " ")
}

/// A string in XPath 1.0, which has no escapes: our words hold no straight quotation mark.
pub(super) fn literal(words: &str) -> String {
    assert!(!words.contains('"'), "a straight quotation mark: {words}");
    format!("\"{}\"", plain(words))
}

/// Where builds go, so where a run's pictures go.
pub(crate) fn build_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from)
}

/// Says, past the test harness, that something is left out.
pub(crate) fn leave_out(what: &str, why: &str) {
    assert!(std::env::var_os("GUICHET_TEST_BROWSER").is_none(), "{what} cannot run: {why}");
    // Not eprintln!, which the harness keeps to itself when the test passes.
    std::io::stderr().write_all(format!("left out: {what} ({why})\n").as_bytes()).unwrap();
}

/// A running ChromeDriver, with a folder for everything it and Chromium write.
struct Chromedriver {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Chromedriver {
    fn start(held: Option<&Held>) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        if let Some(held) = held {
            held.put_into(folder.path())?;
        }
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else {
            leave_out("browser stories", "chromedriver is not installed; tests/run installs it");
            return None;
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { process, port: port.unwrap_or_else(|| panic!("chromedriver did not start")), _folder: folder })
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
