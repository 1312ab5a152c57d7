"""The page on 127.0.0.1: Datasette behind one guard, until Ctrl-C."""

import errno
import os
import socket
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Thread

from guizhou_cli.answer import AT_ONCE
from guizhou_cli.errors import PageProblem, note
from guizhou_cli.output.formats import spreadsheet_cell
from guizhou_cli.session import Session, has_screen

try:
    import uvicorn
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope
    from datasette import Response
    from datasette.app import Datasette
    from datasette.plugins import pm

    from guizhou_cli.web import plugin
    from guizhou_cli.web.facts import SECONDS, VISIT, Facts, Visit
except ModuleNotFoundError as missing:
    raise PageProblem(f"the page needs {missing.name}", 'pip install "guizhou-cli[web]"') from missing

HOST = "127.0.0.1"

_SETTINGS = {
    "max_returned_rows": AT_ONCE,
    "num_sql_threads": 3,
    "sql_time_limit_ms": int(SECONDS * 1000),
    "facet_time_limit_ms": 100,
    "suggest_facets": False,
    "allow_download": False,
    "default_cache_ttl": 0,  # a page shows what `gz add` has just added
    # Anybody at this computer can read the file with sqlite3 as well. Limits and the guard bound what a query costs.
    "default_allow_sql": True,
}
_HEADERS = {
    b"cache-control": b"no-cache",
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
_OPEN = ("/-/page/", "/-/metadata")
"""Of Datasette's own pages, which describe the server, those that are served."""


def serve(session: Session, port: int, *, browse: bool) -> None:
    """Serve the page on a port of 127.0.0.1, 0 for any that is free, until Ctrl-C.

    `browse` opens it in a browser, where there is a screen. Raises PageProblem if the port can't be had, and
    DatabaseProblem if the database can't be opened.
    """
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used: {os.strerror(error.errno or 0)}"
        raise PageProblem(f"port {port} {why}", "gz web --port 0 takes any that is free") from error
    with listening, _file_of(session) as path:
        port = listening.getsockname()[1]
        site = _site(path, recover=session.named is None)
        address = f"http://{HOST}:{port}/"
        note(f"the page is at {address} until Ctrl-C")
        if browse and has_screen():
            # In a thread, because it may wait for the browser, which waits for the page.
            Thread(target=webbrowser.open, args=[address], daemon=True).start()
        with suppress(KeyboardInterrupt):
            config = uvicorn.Config(
                Guard(site.app(), port),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                limit_concurrency=40,
                timeout_graceful_shutdown=1,
            )
            uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def _file_of(session: Session) -> Iterator[Path]:
    """Return the file to serve: the session's, or a temporary one with what the session reads from memory."""
    path = session.path()
    is_new = not path.exists()
    with session.reading(to_search=True) as db:
        in_file = db.execute("PRAGMA database_list").fetchone()[2]
        image = b"" if in_file else db.serialize()
    if in_file or (is_new and path.exists()):  # first use answers from memory, and the file is there afterwards
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "facts.db")
        path.write_bytes(image)
        yield path


def _site(path: Path, *, recover: bool) -> Datasette:
    if not pm.is_registered(plugin):
        pm.register(plugin)
        pm.unregister(name="datasette.handle_exception")  # it prints tracebacks
    folder = Path(__file__).parent
    site = Datasette(
        metadata=plugin.metadata(),
        settings=_SETTINGS,
        template_dir=str(folder / "templates"),
        static_mounts=[("-/page", str(folder / "static"))],
    )
    site.remove_database("_memory")
    site.add_database(Facts(site, path, recover=recover), name=plugin.NAME)
    return site


class Guard:
    """Refuses every request that does not come from a page of this server or from the address bar, and all but reading.

    A site elsewhere could otherwise have its own name resolved to 127.0.0.1 and read the answers (DNS rebinding), or
    keep the server busy from frames, images and scripts of its own.
    """

    def __init__(self, app: ASGI3Application, port: int) -> None:
        self._app = app
        # Browsers leave out HTTP's own port.
        self._hosts = {f"{name}:{port}".removesuffix(":80").encode() for name in (HOST, "localhost")}

    async def __call__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request (ASGI)."""

        async def guarded(event: ASGISendEvent) -> None:
            if event["type"] == "http.response.start":
                theirs = [(name, value) for name, value in event["headers"] if name.lower() not in _HEADERS]
                event["headers"] = [*theirs, *_HEADERS.items()]
            await send(event)

        refusal = self._refusal(scope)
        if refusal:
            status, words = refusal
            await Response(f"{words}\n", status=status).asgi_send(guarded)
            return
        VISIT.set(Visit(escape=spreadsheet_cell if scope["path"].endswith(".csv") else None))
        # uvicorn leaves the body out of the answer to HEAD.
        await self._app({**scope, "method": "GET"}, receive, guarded)

    def _refusal(self, scope: HTTPScope) -> tuple[HTTPStatus, str] | None:
        """Return the status and the reason why a request is refused, or None."""
        path, headers = scope["path"], dict(scope["headers"])
        elsewhere = headers.get(b"sec-fetch-site", b"none") in {b"cross-site", b"same-site"}
        opened = (headers.get(b"sec-fetch-dest"), headers.get(b"sec-fetch-mode")) == (b"document", b"navigate")
        hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts or not path.startswith("/"):
            return HTTPStatus.FORBIDDEN, "This page answers to its own address only."
        if headers.get(b"sec-fetch-dest") in {b"iframe", b"frame", b"embed", b"object", b"fencedframe"}:
            return HTTPStatus.FORBIDDEN, "This page is shown in no frame."
        if elsewhere and (not opened or b"sec-purpose" in headers):
            return HTTPStatus.FORBIDDEN, "This page is part of no other site."
        if scope["method"] not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, "This page can only be read."
        if path.startswith(("//", "/\\")) or (path.startswith("/-/") and not path.startswith(_OPEN)):
            return HTTPStatus.NOT_FOUND, "There is no such page."
        return None
