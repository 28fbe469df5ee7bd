//! An admin's browser: keeps cookies, follows no redirect by itself.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use axum::{body::Body, extract::Request};
use http::{
    HeaderName, Method,
    header::{COOKIE, HeaderValue, SET_COOKIE},
};
use subscriptions::ClientAddress;

use super::{Answer, FORM, TestApp, request};

/// The password of the first user in tests.
pub(crate) const ADMIN_PASSWORD: &str = "the first admin's password";

/// A browser that talks to one service.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    cookies: Mutex<BTreeMap<String, String>>,
    address: Option<IpAddr>,
}

impl TestApp {
    /// Answers `requests` at the same moment, on several threads.
    pub(crate) async fn send_at_once(self: &Arc<Self>, requests: Vec<Request>) -> Vec<Answer> {
        let tasks = requests.into_iter().map(|request| {
            let app = Arc::clone(self);
            tokio::spawn(async move { app.send(request).await })
        });
        let answers = futures::future::join_all(tasks.collect::<Vec<_>>()).await;
        answers
            .into_iter()
            .map(|answer| answer.expect("no panic"))
            .collect()
    }

    /// The service with the user `admin`.
    pub(crate) async fn with_admin() -> Self {
        let app = Self::spawn().await;
        app.make_admin().await;
        app
    }

    pub(crate) async fn make_admin(&self) {
        let password = Some(ADMIN_PASSWORD.to_owned().into());
        let made = self.app.ensure_first_admin(password).await;
        assert!(made.expect("an admin").is_none());
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            app: self,
            cookies: Mutex::default(),
            address: None,
        }
    }

    /// A browser in which `admin` is signed in.
    pub(crate) async fn admin(&self) -> Browser<'_> {
        let browser = self.browser();
        browser.sign_in("admin", ADMIN_PASSWORD).await;
        browser
    }
}

impl Browser<'_> {
    /// The same browser at another address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        self.address = Some(address.parse().expect("an address"));
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, String::new(), &[]).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, fields, &[]).await
    }

    /// Posts a form with further headers.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(HeaderName, &'static str)],
    ) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(Method::POST, path, Some(FORM), form, headers)
            .await
    }

    /// Posts any body.
    pub(crate) async fn post_raw(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.send(Method::POST, path, Some(kind), body, &[]).await
    }

    pub(crate) async fn log_in(&self, username: &str, password: &str) -> Answer {
        let fields = [("username", username), ("password", password)];
        self.post("/login", &fields).await
    }

    /// Logs in and must succeed.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) {
        let answer = self.log_in(username, password).await;
        answer.assert_redirect("/admin/dashboard");
    }

    /// Whether the browser is let in.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.get("/admin/password").await.status == 200
    }

    /// The cookie whose name ends so.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().expect("no test panics in here");
        let found = cookies.iter().find(|(found, _)| found.ends_with(name));
        found.map(|(_, value)| value.clone())
    }

    /// Puts a cookie in.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("no test panics in here");
        cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: impl Into<Body>,
        headers: &[(HeaderName, &'static str)],
    ) -> Answer {
        let mut request = self.request(method, path, kind, body);
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append(name, value);
        }
        let answer = self.app.send(request).await;
        self.keep_cookies(&answer);
        answer
    }

    /// A form that it would post.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Request {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.request(Method::POST, path, Some(FORM), form)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: impl Into<Body>,
    ) -> Request {
        let mut request = request(method, path, kind, body.into());
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            let cookies = HeaderValue::try_from(cookies).expect("cookies");
            request.headers_mut().insert(COOKIE, cookies);
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        request
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("no test panics in here");
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, answer: &Answer) {
        let mut cookies = self.cookies.lock().expect("no test panics in here");
        for line in answer.headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("text");
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a pair");
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
