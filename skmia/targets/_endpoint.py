"""A URL that takes JSON and answers with JSON. Nobody else is talked to."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLCertVerificationError
from urllib.parse import urljoin, urlsplit

from skmia.targets._patience import Unavailable
from skmia.targets._presets import encode

_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
# Those that keep the method and the body.
_REDIRECTS = (307, 308)
_MOST_REDIRECTS = 5


class Endpoint:
    """A URL that records are posted to.

    Proxies of the environment are not used, and redirects are followed on the same
    scheme, host and port only. Certificates must be of an authority that the system
    trusts, or one in the file that the environment names in ``SSL_CERT_FILE``.

    Parameters
    ----------
    url : str
        Of http or https; without a user and a password.
    preset : str
        How records are written, see :func:`encode`.
    timeout : float
        Seconds to wait for the connection, and for each piece of an answer.
    """

    def __init__(self, url, preset, timeout):
        _check_url(url)
        self._url, self._preset, self._timeout = url, preset, timeout

    def __repr__(self):
        # Not the query, which may hold a key.
        return urlsplit(self._url).netloc

    def __call__(self, X):
        """What the endpoint answers.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of length n_records

        Returns
        -------
        answer : object
            Decoded JSON.

        Raises
        ------
        Unavailable
            Too many requests, an error of the server, or no connection.
        ValueError
            Another refusal, a redirect elsewhere, a certificate that is not trusted,
            or no JSON.
        """
        content = encode(self._preset, X)
        body = json.dumps(content, default=_plain, allow_nan=False).encode()
        url = self._url
        for _ in range(_MOST_REDIRECTS):
            status, headers, answer = self._send(url, body)
            if not 300 <= status < 400:
                return _read(status, headers, answer)
            url = self._redirected(status, urljoin(url, headers.get("Location", "")))
        raise ValueError(f"{_MOST_REDIRECTS} redirects one after the other.")

    def _send(self, url, body):
        parts = urlsplit(url)
        connect = _CONNECTIONS[parts.scheme]
        connection = connect(parts.hostname, parts.port, timeout=self._timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, body, _HEADERS)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except SSLCertVerificationError as error:
            why = error.verify_message.rstrip(".")
            raise ValueError(
                f"The certificate of {parts.netloc} is not trusted: {why}. Nothing was "
                "sent. If an authority of your own signed it, name the PEM file of "
                "that authority in the environment variable SSL_CERT_FILE."
            ) from error
        except (OSError, HTTPException) as error:
            why = str(error) or "no answer"
            raise Unavailable(f"{type(error).__name__}: {why}") from error
        finally:
            connection.close()

    def _redirected(self, status, url):
        if status not in _REDIRECTS or _origin(url) != _origin(self._url):
            where = urlsplit(url)._replace(query="").geturl()
            raise ValueError(
                f"The endpoint redirects to {where} (status {status}). Only 307 and "
                "308 are followed, never to another scheme, host or port. Name that "
                "URL as the source, if it can be trusted."
            )
        return url


def _read(status, headers, answer):
    if status == 429 or status >= 500:
        raise Unavailable(f"status {status}", _retry_after(headers.get("Retry-After")))
    if status != 200:
        beginning = answer[:200].decode(errors="replace")
        raise ValueError(f"The endpoint answers with status {status}: {beginning}")
    return json.loads(answer)


def _retry_after(text):
    """Seconds to wait, which a server says as such or by a date."""
    text = (text or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 0
    return (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _origin(url):
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default


def _plain(value):
    """Values of numpy and dates, as JSON has them."""
    for method in ("item", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise ValueError(f"{type(value).__name__} cannot be written as JSON")


def _check_url(url):
    problem = None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises where it is no number
    except ValueError as error:
        problem = str(error)
    else:
        if parts.scheme not in _CONNECTIONS or not parts.hostname:
            problem = "it does not begin with http://HOST or https://HOST"
        elif parts.username is not None:
            # The text is not shown: an error is no place for a password.
            problem = "it holds a user or a password: send these by a function"
        elif not (url.isascii() and url.isprintable()) or " " in url:
            problem = "it holds characters that must be quoted"
    if problem:
        raise ValueError(
            "The 'source' parameter of PredictionAPI must be a URL of http or https, "
            f"or a function. Got a text that is none: {problem}."
        )
