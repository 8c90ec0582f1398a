"""The API's request limits: 250 a minute and 5,000 an hour for a token, told in every answer's headers."""

import threading
from collections import deque
from datetime import datetime, timedelta

HOURLY, BURST = 5000, 250
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Quota:
    """The calls of the last hour, counted one at a time. Kept in memory only: a restart forgives."""

    def __init__(self, hourly: int = HOURLY, burst: int = BURST) -> None:
        self._hourly, self._burst = hourly, burst
        self._calls: deque[datetime] = deque()
        self._lock = threading.Lock()

    def take(self, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count one call: whether it is allowed, and the headers that every answer carries."""
        with self._lock:
            while self._calls and self._calls[0] <= now - _HOUR:
                self._calls.popleft()
            lately = sum(1 for call in self._calls if call > now - _MINUTE)
            allowed = len(self._calls) < self._hourly and lately < self._burst
            if allowed:
                self._calls.append(now)
            taken, reset = len(self._calls), (self._calls[0] if self._calls else now) + _HOUR
        headers = {
            "ratelimit-limit": str(self._hourly),
            "ratelimit-remaining": str(max(0, self._hourly - taken)),
            "ratelimit-reset": str(int(reset.timestamp())),
        }
        return allowed, headers if allowed else {**headers, "retry-after": "1"}
