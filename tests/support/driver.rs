//! A small WebDriver client, and the driver that it talks to.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use ureq::Agent;

use super::{Built, PATIENCE, app::end_group, places::Place, within};

/// An app that a driver started; both end with this value.
pub(crate) struct Session {
    driver: Child,
    agent: Agent,
    url: String,
    folder: std::path::PathBuf,
    _place: Option<Place>,
}

impl Session {
    /// Starts the driver and, through it, the app.
    #[track_caller]
    pub(crate) fn start(built: &Built) -> Self {
        Self::start_with(built, &[])
    }

    /// The same with environment variables for the app.
    #[track_caller]
    pub(crate) fn start_with(built: &Built, environment: &[(&str, &str)]) -> Self {
        Self::start_in(Some(Place::take()), built, environment)
    }

    /// The same in the place of another app that the same test runs.
    #[track_caller]
    pub(crate) fn start_beside(built: &Built, environment: &[(&str, &str)]) -> Self {
        Self::start_in(None, built, environment)
    }

    #[track_caller]
    fn start_in(place: Option<Place>, built: &Built, environment: &[(&str, &str)]) -> Self {
        let wrapper = wrap(built);
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        let (driver, url) = start_driver(built, environment, &agent);
        let mut session = Self {
            driver,
            agent,
            url,
            folder: built.home.path().to_owned(),
            _place: place,
        };
        let options = json!({ "binary": wrapper, "args": ["--automation", "--headless"] });
        let timeouts = json!({ "script": 30_000, "pageLoad": 30_000 });
        let wanted = json!({ "webkitgtk:browserOptions": options, "timeouts": timeouts });
        let answer = session.post(
            "/session",
            &json!({ "capabilities": { "alwaysMatch": wanted } }),
        );
        let id = answer["sessionId"].as_str().unwrap().to_owned();
        session.url = format!("{}/session/{id}", session.url);
        session
            .until("return document.readyState === 'complete' && location.href !== 'about:blank'");
        session
    }

    /// Process of the app.
    pub(crate) fn pid(&self) -> u32 {
        let text = fs::read_to_string(self.folder.join("app.pid")).unwrap();
        text.trim().parse().unwrap()
    }

    /// What the app has printed to standard output.
    pub(crate) fn out(&self) -> String {
        fs::read_to_string(self.folder.join("app.out")).unwrap_or_default()
    }

    /// What the app has printed to standard error.
    pub(crate) fn err(&self) -> String {
        fs::read_to_string(self.folder.join("app.err")).unwrap_or_default()
    }

    /// Runs the body of an asynchronous function in the page and returns what it returns.
    #[track_caller]
    pub(crate) fn run(&self, body: &str) -> Value {
        self.try_run(body)
            .unwrap_or_else(|problem| panic!("{body}: {problem}\n{}", self.err()))
    }

    /// Waits until the body of an asynchronous function returns something true. A page that
    /// is being replaced runs nothing, so errors are tried again.
    #[track_caller]
    pub(crate) fn until(&self, body: &str) -> Value {
        let mut last = Ok(Value::Null);
        let found = within(PATIENCE, || {
            last = self.try_run(body);
            let value = last.as_ref().ok()?;
            let is_false = value.is_null() || value == false || value == "";
            (!is_false).then(|| value.clone())
        });
        found.unwrap_or_else(|| panic!("in vain: {body}: {last:?}\n{}", self.err()))
    }

    fn try_run(&self, body: &str) -> Result<Value, String> {
        let script = format!(
            "const finish = arguments[0];\
             (async () => {{ {body} }})().then((value) => finish({{ value }}), \
             (error) => finish({{ error: `${{error?.stack ?? ''}} ${{error}}` }}))"
        );
        let arguments = json!({ "script": script, "args": [] });
        let answer = self.try_post("/execute/async", &arguments)?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["value"].clone()),
        }
    }

    /// Title of the page.
    pub(crate) fn title(&self) -> String {
        self.text_of("/title")
    }

    /// The rendered text of an element.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        self.text_of(&format!("/element/{}/text", self.find(selector)))
    }

    /// Clicks an element as a mouse does.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        self.post(
            &format!("/element/{}/click", self.find(selector)),
            &json!({}),
        );
    }

    /// Types into an element as a keyboard does.
    #[track_caller]
    pub(crate) fn keys(&self, selector: &str, text: &str) {
        let path = format!("/element/{}/value", self.find(selector));
        self.post(&path, &json!({ "text": text }));
    }

    /// A picture of the page, as PNG in base64.
    pub(crate) fn picture(&self) -> String {
        self.text_of("/screenshot")
    }

    /// Gives the window another size.
    pub(crate) fn rect(&self, width: u32, height: u32) {
        self.post("/window/rect", &json!({ "width": width, "height": height }));
    }

    /// Ends the session, and with it the app.
    pub(crate) fn end(&self) {
        let _ = self.agent.delete(&self.url).call();
    }

    fn find(&self, selector: &str) -> String {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        );
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn text_of(&self, path: &str) -> String {
        let mut answer = self
            .agent
            .get(format!("{}{path}", self.url))
            .call()
            .unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        answer["value"]
            .as_str()
            .unwrap_or_else(|| panic!("{path}: {answer}"))
            .to_owned()
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body)
            .unwrap_or_else(|problem| panic!("{path}: {problem}\n{}", self.err()))
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let sent = self
            .agent
            .post(format!("{}{path}", self.url))
            .send_json(body);
        let mut answer = sent.map_err(|error| error.to_string())?;
        let is_success = answer.status().is_success();
        let value: Value = answer
            .body_mut()
            .read_json()
            .map_err(|error| error.to_string())?;
        if is_success {
            Ok(value["value"].clone())
        } else {
            Err(value["value"].to_string())
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
        end_group(self.driver.id());
        let _ = self.driver.wait();
    }
}

/// The driver shows nothing of what the app prints, so the app starts by way of a script.
fn wrap(built: &Built) -> std::path::PathBuf {
    let (home, app) = (built.home.path().display(), built.executable.display());
    let script = format!(
        "#!/bin/sh\necho $$ > '{home}/app.pid'\n\
         exec '{app}' \"$@\" > '{home}/app.out' 2> '{home}/app.err'\n"
    );
    let path = built.home.path().join("drive.sh");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// Starts it on a free port; another program may be faster to take that one, so try again.
fn start_driver(built: &Built, environment: &[(&str, &str)], agent: &Agent) -> (Child, String) {
    for _ in 0..TRIES_MAX {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut command = Command::new("WebKitWebDriver");
        built.home.settle(&mut command);
        let mut driver = command
            .envs(environment.iter().copied())
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed");
        let url = format!("http://127.0.0.1:{port}");
        let is_up = within(START_TIME_MAX, || {
            let has_ended = driver.try_wait().unwrap().is_some();
            let is_up = agent.get(format!("{url}/status")).call().is_ok();
            (is_up || has_ended).then_some(is_up)
        });
        if is_up == Some(true) {
            return (driver, url);
        }
        let _ = driver.kill();
        let _ = driver.wait();
    }
    panic!("WebKitWebDriver does not start");
}

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const TRIES_MAX: usize = 3;
const START_TIME_MAX: Duration = Duration::from_secs(10);
