//! Whoever sends requests, and what came back.

use std::sync::Arc;

use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    cookie::{CookieStore as _, Jar},
    header::{CONTENT_TYPE, COOKIE, DATE, HeaderMap, LOCATION, SET_COOKIE},
    redirect::Policy,
};

/// The media type of a posted form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The header that names each request.
const REQUEST_ID: &str = "x-request-id";
/// What Amazon's HTTP API calls each request, in another form of its own.
const GATEWAY_REQUEST_ID: &str = "apigw-requestid";

/// A browser with cookies of its own. It does not follow redirects: where an
/// answer leads to is part of what scenarios check.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    jar: Arc<Jar>,
    base: Url,
}

impl Browser {
    /// A browser that has never been at `base`.
    pub(crate) fn new(base: &Url) -> Self {
        Self::with_jar(base, Jar::default())
    }

    /// Another browser that sends `cookies` (`name=value; …`) from the start.
    pub(crate) fn with_cookies(base: &Url, cookies: &str) -> Self {
        let jar = Jar::default();
        for cookie in cookies.split("; ") {
            jar.add_cookie_str(cookie, base);
        }
        Self::with_jar(base, jar)
    }

    fn with_jar(base: &Url, jar: Jar) -> Self {
        let jar = Arc::new(jar);
        let client = Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(Policy::none())
            .build()
            .expect("a client without TLS can be built");
        Self {
            client,
            jar,
            base: base.clone(),
        }
    }

    /// What this browser would send as its `Cookie` header.
    pub(crate) fn cookies(&self) -> Option<String> {
        let cookies = self.jar.cookies(&self.base)?;
        Some(cookies.to_str().expect("cookies are ASCII").to_owned())
    }

    /// Opens `path`.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.client.get(self.url(path))).await
    }

    /// Asks for `path` with any `method`.
    pub(crate) async fn send(&self, method: reqwest::Method, path: &str) -> Answer {
        Answer::to(self.client.request(method, self.url(path))).await
    }

    /// Posts a form's `fields`.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::to(self.client.post(self.url(path)).form(fields)).await
    }

    /// Posts `body` as it stands.
    pub(crate) async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.request_to_post(path);
        Answer::to(request.header(CONTENT_TYPE, content_type).body(body)).await
    }

    /// A request for `path` that the caller completes, for [`Answer::to`].
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A post to `path` that the caller completes, for [`Answer::to`].
    pub(crate) fn request_to_post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// The system is at `base` now.
    pub(crate) fn go_to(&mut self, base: &Url) {
        self.base = base.clone();
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a path of a scenario is valid")
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// What was asked for.
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Sends `request` and reads the answer.
    ///
    /// # Panics
    /// If there is none: a system must answer whatever it is sent.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the system answers");
        Self::read(response).await
    }

    async fn read(response: Response) -> Self {
        let (url, status) = (response.url().clone(), response.status());
        let headers = response.headers().clone();
        let body = response.bytes().await.expect("the answer has an end");
        Self {
            url,
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The header `name`, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// The path that a 303 leads to.
    ///
    /// # Panics
    /// If the answer is no 303.
    pub(crate) fn redirect(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header(LOCATION.as_str()).to_owned()
    }

    /// The cookies that the answer sets, each as it stands.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let cookies = self.headers.get_all(SET_COOKIE).iter();
        cookies
            .map(|cookie| cookie.to_str().expect("cookies are ASCII"))
            .collect()
    }

    /// The answer as one text in which nothing differs between two answers
    /// that tell a visitor the same.
    pub(crate) fn fingerprint(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != DATE && *name != COOKIE)
            .filter(|(name, _)| *name != REQUEST_ID && *name != GATEWAY_REQUEST_ID)
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        let body = match self.header(REQUEST_ID) {
            "" => self.body.clone(),
            id => self.body.replace(id, ""),
        };
        format!("{}\n{}\n\n{body}", self.status, headers.join("\n"))
    }
}
