"""The same facts as a page: Datasette over the database, served to this machine's own user, and read-only.

What the page holds is page/'s: its texts, its questions, its templates and its style.
"""

import errno
import os
import socket
import sqlite3
import sys
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any

from guizhou_cli import database
from guizhou_cli.errors import GzError, PageProblem, note
from guizhou_cli.reading import Cell

try:
    import uvicorn
    from datasette import Response
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.plugins import pm

    from guizhou_cli import page
    from guizhou_cli.page.downloads import SafeCsv
except ModuleNotFoundError as missing:
    raise PageProblem(f"the page needs {missing.name}", 'pip install "guizhou-cli[web]"') from missing

HOST = "127.0.0.1"

_SETTINGS = {
    "max_returned_rows": page.questions.MOST,
    "sql_time_limit_ms": 5000,  # nobody else is kept waiting
    "facet_time_limit_ms": 500,
    "suggest_facets": False,
    "allow_download": False,
    "default_cache_ttl": 0,  # what `gz add` has just added is to be seen
    # SQL of one's own is allowed: the database holds nothing that the views don't tell, no connection can write, a
    # query ends at the time limit, and no other site can read the answer. A page that refused it would send people
    # who have met the columns here to another program.
    "default_allow_sql": True,
}
# No script, and nothing from elsewhere: whatever a briefing holds, here it is text.
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"cache-control", b"no-cache"),
    (b"content-security-policy", _POLICY),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)

_OPEN = ("/-/page/", "/-/metadata")
"""Of Datasette's own pages, which tell of its insides, those that are of use."""

LONGEST_CELL = 5_000_000
"""Bytes that SQL of one's own may make of a cell. The longest text of a briefing has 2,000 characters."""

_Opener = Callable[[], sqlite3.Connection]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


def serve(named: Path | None, port: int, *, browse: bool) -> None:
    """Serve the page on 127.0.0.1 until Ctrl-C.

    Args:
        named: the database that the user named; None for the default one.
        port: where to listen; 0 for any port that is free.
        browse: whether to open the page in a browser, if there is a screen for one.

    Raises:
        DatabaseProblem: if the database can't be opened.
        PageProblem: if the port can't be had.

    """
    # Datasette leaves facets unasked when an address names one that is not there.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    path = named or database.default_path()
    opener = _opener(named, path)
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used: {os.strerror(error.errno or 0)}"
        raise PageProblem(f"port {port} {why}", "gz web --port 0 takes any that is free") from error
    with listening, suppress(KeyboardInterrupt):
        port = listening.getsockname()[1]
        config = uvicorn.Config(
            _Guard(_site(opener, path).app(), port),
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        address = f"http://{HOST}:{port}/"
        note(f"the page is at {address} until Ctrl-C")
        if browse and _has_screen():
            # Not in this thread: it may wait for the browser, which waits for the page.
            Thread(target=webbrowser.open, args=[address], daemon=True).start()
        uvicorn.Server(config).run(sockets=[listening])


def _has_screen() -> bool:
    """Tell whether a browser has a window to open; one that has not may take the terminal over."""
    return sys.platform in {"win32", "darwin"} or not {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)


class _Guard:
    """Refuses requests for another host, from within another site, and to do more than read; no CSV has a formula.

    Without the first, a site elsewhere could have its own name resolved to this machine and read along (DNS
    rebinding); without the second, it could keep this one busy. Datasette has no such checks.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], port: int) -> None:
        self._app = app
        self._hosts = {f"{name}{suffix}" for name in (HOST, "localhost") for suffix in _suffixes(port)}

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: _Send) -> None:
        safe: SafeCsv | None = None

        async def guarded(message: dict[str, Any]) -> None:
            nonlocal safe
            if message["type"] == "http.response.start":
                safe = SafeCsv() if message["status"] == HTTPStatus.OK and scope["path"].endswith(".csv") else None
                message = message | {"headers": [*message.get("headers", ()), *_HEADERS]}
            elif safe is not None:
                body = safe.feed(message.get("body", b""), last=not message.get("more_body", False))
                message = message | {"body": body}
            await send(message)

        headers = dict(scope["headers"])
        embedded = headers.get(b"sec-fetch-site") == b"cross-site" and headers.get(b"sec-fetch-mode") != b"navigate"
        hosts = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            await Response("This page answers to its own address alone.\n", status=403).asgi_send(guarded)
        elif embedded:
            await Response("This page is part of no other site.\n", status=403).asgi_send(guarded)
        elif scope["path"].startswith("/-/") and not scope["path"].startswith(_OPEN):
            await Response("There is no such page.\n", status=404).asgi_send(guarded)
        elif scope["method"] not in {"GET", "HEAD"}:
            await Response("This page can only be read.\n", status=405).asgi_send(guarded)
        else:
            await self._app(scope, receive, guarded)


def _suffixes(port: int) -> set[str]:
    return {f":{port}", ""} if port == 80 else {f":{port}"}  # noqa: PLR2004 - browsers leave out HTTP's own port


def _opener(named: Path | None, path: Path) -> _Opener:
    """Return what opens the database once more, as every query does: for a thread needs a connection of its own."""
    with closing(database.open_readonly(named, to_search=True)) as db:
        if db.execute("PRAGMA database_list").fetchone()[2] or _built(path):
            return partial(database.connect, path, "ro")
        image = db.serialize()  # it could not be written, or is a searchable copy, in memory

    def copy() -> sqlite3.Connection:
        again = sqlite3.connect(":memory:", isolation_level=None)
        again.deserialize(image)
        again.execute("PRAGMA query_only = ON")
        return again

    return copy


def _built(path: Path) -> bool:
    """Tell whether there is a database now that gz has built, for it answers from memory when it has just done so."""
    if not path.exists():
        return False
    with closing(database.connect(path, "ro")) as db:
        return database.is_current(db)


class _Facts(Database):
    """The database. Datasette takes it for one in memory, so that there is no file it could open, write or offer."""

    def __init__(self, site: Datasette, opener: _Opener, path: Path) -> None:
        super().__init__(site, is_memory=True)
        self._opener = opener
        self._path = path
        self._file = _identity(path)
        self._source: tuple[object, dict[str, Cell]] = (None, {})

    def source(self) -> dict[str, Cell]:
        """Return what Datasette is to name as the source, asked anew when the file has changed."""
        now = _identity(self._path, changed=True)
        if now != self._source[0]:
            try:
                with closing(self.connect()) as db:
                    self._source = now, page.source(db)
            except (GzError, sqlite3.Error):  # which is told where rows are asked for
                return {}
        return self._source[1]

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: ARG002 - none can write
        connection = self._opener()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
        return connection

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Ask in a thread that has opened the file which is there now: Datasette's threads keep what they opened."""
        now = _identity(self._path)
        if now != self._file:
            self._file = now
            self.ds.executor.shutdown(wait=False)
            self.ds.executor = ThreadPoolExecutor(max_workers=self.ds.setting("num_sql_threads"))
        return await super().execute_fn(fn)

    async def execute(self, *args: Any, **options: Any) -> Any:
        # A mistake in somebody's SQL is told on the page, and not in the terminal too.
        return await super().execute(*args, **options | {"log_sql_errors": False})


def _identity(path: Path, *, changed: bool = False) -> tuple[int, ...] | None:
    """Return what tells a file from another one of the same name, or as it was before it changed; None for no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, *((found.st_size, found.st_mtime_ns) if changed else ())


def _site(opener: _Opener, path: Path) -> Datasette:
    with closing(opener()) as db:
        metadata = page.metadata(db)
    if not pm.is_registered(page):
        pm.register(page)
        pm.unregister(name="datasette.handle_exception")  # it prints tracebacks
    site = Datasette(
        metadata=metadata,
        settings=_SETTINGS,
        template_dir=str(page.FOLDER / "templates"),
        static_mounts=[("-/page", str(page.FOLDER / "static"))],
    )
    site.remove_database("_memory")
    site.add_database(_Facts(site, opener, path), name=page.DATABASE)
    return site
