"""The guard in front of the page: what it refuses, and that it only reads."""

import socket
import sys
from pathlib import Path

import pytest
from samples import unharmed
from served import Served


def raw(page: Served, request: str) -> bytes:
    """Send bytes as they are, and return the beginning of what comes back."""
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as bare:
        bare.sendall(request.replace("HOST", f"127.0.0.1:{page.port}").encode())
        return bare.recv(1000)


def test_other_hosts_are_refused(page: Served) -> None:
    """A request under another host's name, as DNS rebinding sends it, is refused with 403; localhost is not another."""
    ours = f"127.0.0.1:{page.port}"
    assert page.get("/", host=f"localhost:{page.port}").status == 200
    for host in ("evil.example", f"evil.example:{page.port}", "127.0.0.1", "127.0.0.1:1", f"{ours}.evil", f"@{ours}"):
        refused = page.get("/facts/claims.json", host=host)
        assert (refused.status, refused.text) == (403, "This page answers to its own address only.\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET / HTTP/1.0\r\n\r\n", b" 403 "),
        ("GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n", b" 400 "),
        ("GET / HTTP/1.1\r\n\r\n", b" 400 "),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", b" 403 "),
        ("GET //evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", b" 404 "),
        ("GET /\\evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", b" 404 "),
        ("CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", b" 403 "),
        ("GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", b" 200 "),
        ("nonsense\r\n\r\n", b" 400 "),
    ],
    ids=["1.0", "two-hosts", "no-host", "absolute", "double-slash", "backslash", "connect", "upgrade", "nonsense"],
)
def test_odd_requests_are_refused(page: Served, request_: str, status: bytes) -> None:
    """What no browser sends for a page of ours is refused, and redirects nowhere else."""
    answer = raw(page, request_)
    assert status in answer.partition(b"\r\n")[0]
    assert b"location" not in answer.lower()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is no address of this machine")
def test_only_this_machine_is_served(page: Served) -> None:
    """The page listens on 127.0.0.1 and on no other address."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", page.port), timeout=10)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin"])
def test_other_sites_can_ask_for_nothing(page: Served, site: str) -> None:
    """A link from another site opens the page; a picture, a script or a prefetch of one is refused, and any frame."""
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert page.get("/facts", headers=opened).status == 200
    for frame in ("iframe", "embed"):
        assert page.get("/facts", headers=opened | {"Sec-Fetch-Dest": frame}).status == 403
    expected = 200 if site == "same-origin" else 403
    for changed in (
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "style"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Purpose": "prefetch"},
    ):
        assert page.get("/-/page/page.css", headers=opened | changed).status == expected, changed
    assert page.get("/facts", headers={"Sec-Fetch-Site": site}).status == expected


def test_nothing_from_elsewhere_and_no_script_in_a_page(page: Served) -> None:
    """Every answer, also an error, has the policy that allows one script file of ours and no frame; none is kept."""
    for path in ("/", "/facts", "/facts/claims", "/facts/claims.json", "/nothing", "/-/page/page.css", "/-/threads"):
        reply = page.get(path)
        policy = reply.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert reply.headers["cache-control"] == "no-cache"
        assert reply.text.count("<script") == reply.text.count('<script src="/-/page/copy.js" defer></script>')
        assert " style=" not in reply.text
        assert " onclick=" not in reply.text


def test_nothing_can_be_written(page: Served, seeded: Path) -> None:
    """Reading changes not a byte of the database nor of its folder, and nothing but reading is possible."""
    with unharmed(seeded):
        for path in ("/", "/facts/claims", "/facts/who-said?phrase=coal", "/facts?sql=select+*+from+claim"):
            assert page.get(path).status == 200
            head = page.get(path, method="HEAD")
            assert (head.status, head.text) == (200, "")
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert page.get("/facts/who-said", method=method).status == 405
        for sql in ("delete from claim", "pragma user_version = 9", "attach 'x.db' as x", "vacuum into 'x.db'"):
            assert page.sql(sql).status == 400
        assert page.get("/facts.db").status == 403
        assert page.get("/facts/claim").status == 403


def test_insides_are_not_on_show(page: Served) -> None:
    """Datasette's pages about itself, and its own database, are not served."""
    for path in ("patterns", "messages", "allow-debug", "databases", "threads.json", "versions.json", "nothing"):
        assert page.get(f"/-/{path}").status == 404
    assert page.get("/_internal/databases").status == 403
