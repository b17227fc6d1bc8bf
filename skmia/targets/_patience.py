"""When a service is asked: not too often, and again where it could not answer."""

import math
import time

# Seconds to wait after the first failure; twice as long after each one more.
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 3600


class Unavailable(ConnectionError):
    """A service that may answer later.

    Parameters
    ----------
    why : str
    retry_after : float, default=0
        Seconds that it asks to be left alone.
    """

    def __init__(self, why, retry_after=0):
        super().__init__(why)
        self.retry_after = retry_after


class Patience:
    """How a service is asked.

    Parameters
    ----------
    retries : int
        How often it is asked again.
    rate : float or None
        Requests a second, at most; those that failed count.
    """

    # Tests have a clock of their own.
    sleep = staticmethod(time.sleep)
    clock = staticmethod(time.monotonic)

    def __init__(self, retries, rate):
        self._retries = retries
        self._spacing = 0 if rate is None else 1 / rate
        self._next = -math.inf

    def ask(self, send, what):
        """What `send` returns, after as many attempts as are allowed.

        Parameters
        ----------
        send : callable
            Takes nothing; raises a ConnectionError or TimeoutError to be called again.
        what : str
            What is asked about, for the error.

        Returns
        -------
        answer : object

        Raises
        ------
        ConnectionError
            No attempt was answered.
        """
        for attempt in range(self._retries + 1):
            self._keep_pace()
            try:
                return send()
            except (ConnectionError, TimeoutError) as error:
                if attempt == self._retries:
                    why = str(error) or type(error).__name__
                    raise ConnectionError(
                        f"No answer for {what} after {attempt + 1} requests: {why}"
                    ) from error
                wait = max(_FIRST_WAIT * 2**attempt, getattr(error, "retry_after", 0))
            self.sleep(min(wait, _LONGEST_WAIT))

    def _keep_pace(self):
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + self._spacing
