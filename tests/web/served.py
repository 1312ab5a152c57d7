"""The page as a real process, and what comes back over HTTP."""

import html
import http.client
import json
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from conftest import PROGRAM, clean_environment

# Datasette leaves a connection of its own to be collected, of which Python 3.13 warns.
WARNINGS = "error,ignore:unclosed database:ResourceWarning"
VIEWS = ("bases", "trade", "measures", "figures", "speakers", "claims", "topics", "sources")
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


class Reply(NamedTuple):
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the body read as JSON."""
        read: dict[str, Any] = json.loads(self.text)
        return read

    @property
    def links(self) -> list[str]:
        """Return where the links of the page lead."""
        return [html.unescape(address) for address in re.findall(r'<a [^>]*?href="([^"]*)"', self.text)]

    @property
    def words(self) -> str:
        """Return what a person can read."""
        body = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", self.text.partition("<body")[2], flags=re.DOTALL)
        return " ".join(html.unescape(body).split())


class Served(NamedTuple):
    """A page that a real process serves."""

    process: subprocess.Popen[str]
    port: int

    @property
    def address(self) -> str:
        """Return where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    def get(
        self, path: str, method: str = "GET", host: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for a path, under the page's own name or another."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.putrequest(method, path.removeprefix(self.address.rstrip("/")), skip_host=True)
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read().decode())

    def sql(self, query: str, suffix: str = "") -> Reply:
        """Ask in SQL."""
        return self.get(f"/facts{suffix}?{urlencode({'sql': query})}")

    def rows(self, path: str, **question: str) -> list[dict[str, Any]]:
        """Return the rows of a view or a question."""
        reply = self.get(f"/facts/{path}.json?{urlencode({**question, '_shape': 'array'})}".replace("/.json", ".json"))
        assert reply.status == 200, reply.text
        rows: list[dict[str, Any]] = json.loads(reply.text)
        return rows

    def end(self) -> tuple[int, str, str]:
        """Press Ctrl-C, and return the exit status and what else was written."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def serving(home: Path, *before: str | Path, options: tuple[str, ...] = ("--no-open",), **env: str) -> Iterator[Served]:
    """Serve the page until the end of the block; it must end with 0 and without another word on stderr."""
    with subprocess.Popen(
        [*PROGRAM, *before, "web", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        env=clean_environment(home, PYTHONWARNINGS=WARNINGS, **env),
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            if "from memory" in line:
                line = process.stderr.readline()
            found = re.fullmatch(r"gz: the page is at http://127\.0\.0\.1:(\d+)/ until Ctrl-C\n", line)
            assert found, line
            served = Served(process, int(found[1]))
            yield served
            if process.poll() is None:
                assert served.end() == (0, "", "")
        finally:
            process.kill()
