"""A browser without a picture: keeps cookies, reads the forms of a page, fills them in and sends them."""

import http.client
import re
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from . import patience


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.text, self.links, self.alert = [], [], {}, []
        self._in_alert = False
        self._link = None

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.forms.append({"action": has["action"], "fields": {}})
        if tag == "input" and self.forms:
            self.forms[-1]["fields"][has["name"]] = has.get("value") or ""
        if tag == "a":
            self._link = has["href"]
        self._in_alert = has.get("role") == "alert"

    def handle_endtag(self, tag):
        self._in_alert = self._in_alert and tag != "p"
        self._link = self._link if tag != "a" else None

    def handle_data(self, data):
        self.text.append(data)
        if self._in_alert:
            self.alert.append(data)
        if self._link:
            self.links[data] = self._link


class Page:
    """What a browser shows: status, address, text, the alert on it, forms and links."""

    def __init__(self, url, status, headers, body):
        self.url, self.status, self.headers, self.body = url, status, headers, body
        reader = _Reader()
        reader.feed(body)
        self.forms, self.links = reader.forms, reader.links
        self.text, self.alert = " ".join(reader.text), "".join(reader.alert)

    @property
    def path(self):
        return urlsplit(self.url).path

    @property
    def location(self):
        """Where the answer leads to, as a whole address; empty when nowhere."""
        return urljoin(self.url, self.headers["Location"]) if self.headers["Location"] else ""

    def form(self, action):
        """The form that is sent to this path; the path is compared as a regular expression."""
        return next(form for form in self.forms if re.fullmatch(action, form["action"]))


class Browser:
    """Cookies are kept by host and port, as nothing else tells test servers on one machine apart."""

    def __init__(self, base):
        self.base = base
        self.cookies = {}

    def _keep_cookies(self, host, headers):
        jar = self.cookies.setdefault(host, {})
        for value in headers.get_all("Set-Cookie") or []:
            name, rest = value.split("=", 1)
            jar[name] = rest.split(";", 1)[0]
            if "max-age=0" in rest.lower() or not jar[name]:
                del jar[name]

    def send(self, method, url, fields=None):
        """One request, without following where it leads."""
        parts = urlsplit(urljoin(self.base, url))
        jar = self.cookies.get(parts.netloc, {})
        headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=patience.SECONDS)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target or "/", body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        self._keep_cookies(parts.netloc, answer.headers)
        return Page(parts.geturl(), answer.status, answer.headers, text)

    def open(self, url, fields=None):
        """The page at the end of all redirects."""
        page = self.send("POST" if fields is not None else "GET", url, fields)
        for _ in range(10):
            if page.status not in (302, 303, 307):
                return page
            page = self.send("GET", page.location)
        raise AssertionError(f"too many redirects, the last to {page.url}")

    def submit(self, page, action, **fields):
        """Fills in the page's form for that path and sends it."""
        form = page.form(action)
        return self.open(urljoin(page.url, form["action"]), {**form["fields"], **fields})

    def log_in(self, username, password):
        return self.submit(self.open("/login"), "/login", username=username, password=password)
