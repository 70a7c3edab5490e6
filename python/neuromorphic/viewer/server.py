"""The web server: a page for whoever has the token, and for each page a connection that carries pictures."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hmac
import ipaddress
import json
import pathlib
import secrets
import socket
import urllib.parse
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, cast

from aiohttp import WSCloseCode, WSMsgType, web

from ..errors import NeuromorphicError
from .protocol import Encoder
from .reader import BIN_S, BINS, Reader, standing_alone
from .surface import TICK_US, Picture

MOST_CLIENTS = 32
"""Pages that can be open at once."""

_FILES = {
    "": ("index.html", "text/html"),
    "viewer.js": ("viewer.js", "text/javascript"),
    "viewer.css": ("viewer.css", "text/css"),
}
_USE = "Use the address that `neuromorphic view` has printed."
_FOLDER = pathlib.Path(__file__).with_name("static")

_HEADERS = {
    # The page needs nothing that this server doesn't give.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    # The address is a secret.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Client:
    """One page. It gets the next message when it has drawn the one before, so that a slow one only misses pictures."""

    def __init__(self, connection: web.WebSocketResponse) -> None:
        self.connection = connection
        self.is_paused = False
        self.wants_counts = False
        self.skipped = 0
        """Pictures that it wasn't ready for."""
        self.errors: list[str] = []
        """What went wrong with its wishes, to be told."""
        self.is_ready = True
        """While it waits for a message."""
        self._encoder = Encoder()
        self._number = 0
        self._bins = 0
        self._revision = -1
        self._news_time = 0.0
        self._offer: asyncio.Future[Picture | None] | None = None
        self._offered: tuple[int, bool] | None = None

    def is_missing(self, changes: int) -> bool:
        """Whether it wants the picture after so many changes, and hasn't got it yet."""
        return not self.is_paused and self._offered != (changes, self.wants_counts)

    def offer(self, picture: Picture | None) -> None:
        """Gives it a picture to send, or None to send only news. It must be ready."""
        self.is_ready = False
        if picture is not None:
            self._offered = picture.changes, self.wants_counts and picture.counts is not None
        if self._offer is not None and not self._offer.done():
            self._offer.set_result(picture)

    def acknowledged(self, number: int) -> None:
        """The page has drawn a message."""
        if number == self._number:
            self.is_ready: bool = True

    async def send(self, viewer: Viewer) -> None:
        """Sends what is offered, for ever."""
        loop = asyncio.get_running_loop()
        self._offer = loop.create_future()
        while True:
            picture = await self._offer
            self._offer = loop.create_future()
            news: dict[str, Any] = {}
            now = loop.time()
            if now - self._news_time >= BIN_S or picture is None:
                self._news_time = now
                news, self._bins = viewer.reader.news(self._bins)
                news["skipped"] = self.skipped
                news["clients"] = len(viewer.clients)
            if self._revision != viewer.reader.revision and viewer.reader.biases:
                self._revision = viewer.reader.revision
                news["biases"] = await loop.run_in_executor(None, viewer.bias_values)
            if self.errors:
                news["errors"], self.errors = self.errors, []
            self._number = (self._number + 1) & 0xFFFFFFFF
            data = await loop.run_in_executor(None, self._encoder.message, self._number, news, picture, self.wants_counts)
            await self.connection.send_bytes(data)


class Viewer:
    """Serves a reader's device on an address, until `stop`."""

    def __init__(self, reader: Reader, host: str = "127.0.0.1", port: int | None = None, frame_rate: float = 30.0) -> None:
        """`port` 0 takes any; None a usual one, or any where that is taken."""
        self.reader = reader
        self.host = host
        self.port = 0
        self.token: str = secrets.token_urlsafe(18)
        self.clients: set[Client] = set()
        self.pictures = 0
        """How many were taken."""
        self._wanted_port = port
        self._frame_rate = frame_rate
        self._ticket: str | None = None
        self._stopped = asyncio.Event()

    # ---- Addresses ----

    @property
    def url(self) -> str:
        """Where the page is. Whoever knows it can watch and change biases."""
        return f"http://{self._url_host()}:{self.port}/{self.token}/"

    def ticket_url(self) -> str:
        """An address that leads to the page once. For a browser's command line, which other users of the computer can see."""
        self._ticket = secrets.token_urlsafe(18)
        return f"http://{self._url_host()}:{self.port}/start/{self._ticket}"

    def _url_host(self) -> str:
        if self.host in ("0.0.0.0", "::", ""):
            return socket.gethostname()
        return f"[{self.host}]" if ":" in self.host else self.host

    def _is_ours(self, name: str | None) -> bool:
        """Whether a request for this host's name is for us: a page of another site whose name was made to lead here isn't.

        Any port is fine, as a tunnel has its own; a number can't be made to lead elsewhere.
        """
        if name is None:
            return False
        try:
            ipaddress.ip_address(name)
            return True
        except ValueError:
            return name.lower() in {"localhost", self.host.lower(), self._url_host().lower()}

    # ---- Life ----

    async def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serves until `stop` is called. `on_ready` is called when the address is known. Raises OSError where it is taken."""
        async with self.serving():
            on_ready()
            await self._stopped.wait()

    def stop(self) -> None:
        """Ends `run`."""
        self._stopped.set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator[None, None]:
        """Serves for as long as the block lasts."""
        application = web.Application(middlewares=[self._guard], client_max_size=1 << 16)
        application.router.add_get("/start/{ticket}", self._start)
        application.router.add_get("/{token}/socket", self._connect)
        application.router.add_get("/{token}/{file:[^/]*}", self._file)
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await self._listen(runner)
            tasks = [asyncio.create_task(self._take_pictures()), asyncio.create_task(self._measure())]
            # A viewer without them would only seem to live.
            for task in tasks:
                task.add_done_callback(lambda task: task.cancelled() or task.exception() is None or self.stop())
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                closing = (
                    client.connection.close(code=WSCloseCode.GOING_AWAY, message=b"The viewer was ended.")
                    for client in tuple(self.clients)
                )
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(asyncio.gather(*closing, return_exceptions=True), 1.0)
                for result in await asyncio.gather(*tasks, return_exceptions=True):
                    if isinstance(result, Exception):
                        raise result
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        usual = 8765
        try:
            site = web.TCPSite(runner, self.host, usual if self._wanted_port is None else self._wanted_port)
            await site.start()
        except OSError:
            if self._wanted_port is not None:
                raise
            site = web.TCPSite(runner, self.host, 0)
            await site.start()
        self.port: int = runner.addresses[0][1]

    async def _measure(self) -> None:
        """Measures temperature and light every now and then, if somebody is watching."""
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, self.reader.measure):
            await asyncio.sleep(2.0)
            while not self.clients:
                await asyncio.sleep(0.2)

    async def _take_pictures(self) -> None:
        """Offers a picture to every page that is ready, at the frame rate."""
        loop = asyncio.get_running_loop()
        interval = 1.0 / self._frame_rate
        due = loop.time()
        ticks = 0
        while True:
            due = max(due + interval, loop.time())
            await asyncio.sleep(due - loop.time())
            ticks += 1
            clients = tuple(self.clients)
            changes = self.reader.surface.changes
            for client in clients:
                client.skipped += not client.is_ready and client.is_missing(changes)
            watching = [client for client in clients if client.is_ready and client.is_missing(changes)]
            if watching:
                counts = any(client.wants_counts for client in watching)
                picture = await loop.run_in_executor(None, self.reader.surface.picture, counts)
                self.pictures += 1
                for client in watching:
                    client.offer(picture)
            if ticks % max(1, round(BIN_S / interval)) == 0:
                for client in clients:
                    if client.is_ready:
                        client.offer(None)

    # ---- Requests ----

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lets in who has the token, and comes from nowhere else."""
        try:
            name = urllib.parse.urlsplit(f"//{request.headers.get('Host', '')}").hostname
        except ValueError:
            name = None
        token = request.match_info.get("token")
        origin = request.headers.get("Origin")
        if not self._is_ours(name):
            response: web.StreamResponse = _refusal(f"The viewer has another name. {_USE}")
        elif origin is not None and urllib.parse.urlsplit(origin).netloc != request.headers["Host"]:
            response = _refusal("A page of another site can't use the viewer.")
        elif token is not None and not hmac.compare_digest(token.encode(), self.token.encode()):
            response = _refusal(f"The address has a wrong token. {_USE}")
        else:
            try:
                response = await handler(request)
            except web.HTTPNotFound:
                response = web.Response(status=404, text=f"There is nothing here. {_USE}")
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _start(self, request: web.Request) -> web.StreamResponse:
        ticket, given = self._ticket, request.match_info["ticket"]
        if ticket is None or not hmac.compare_digest(given.encode(), ticket.encode()):
            return _refusal(f"This address works only once. {_USE}")
        self._ticket = None
        return web.Response(status=302, headers={"Location": f"/{self.token}/"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = _FILES.get(request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        name, kind = found
        return web.Response(body=(_FOLDER / name).read_bytes(), content_type=kind, charset="utf-8")

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if len(self.clients) >= MOST_CLIENTS:
            return web.Response(status=503, text=f"{MOST_CLIENTS} pages are open, which is the most. Close one.")
        connection = web.WebSocketResponse(heartbeat=20.0, compress=False, max_msg_size=1 << 16, timeout=1.0)
        await connection.prepare(request)
        await connection.send_str(json.dumps(self.greeting()))
        client = Client(connection)
        sending = asyncio.create_task(self._send(client))
        await asyncio.sleep(0)
        self.clients.add(client)
        try:
            async for message in connection:
                if message.type is not WSMsgType.TEXT:
                    break
                try:
                    wish: Any = json.loads(message.data)
                    if not isinstance(wish, dict):
                        raise TypeError("it is not an object")
                    await self._fulfil(client, cast("dict[str, Any]", wish))
                except (ValueError, TypeError, KeyError) as error:
                    client.errors.append(f"The viewer does not understand this: {error}")
        finally:
            self.clients.discard(client)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return connection

    async def _send(self, client: Client) -> None:
        try:
            await client.send(self)
        except (ConnectionError, RuntimeError):
            # The page is gone.
            await client.connection.close()

    async def _fulfil(self, client: Client, wish: dict[str, Any]) -> None:
        """Does what a page wants: {"drawn": 7, "paused": true, "mode": "counts", "biases": {"hpf": 9}, "reset": true}."""
        if "drawn" in wish:
            client.acknowledged(int(wish["drawn"]))
        if "paused" in wish:
            client.is_paused = bool(wish["paused"])
        if "mode" in wish:
            client.wants_counts = wish["mode"] == "counts"
        loop = asyncio.get_running_loop()
        try:
            if "biases" in wish:
                await loop.run_in_executor(None, self.reader.set_biases, dict(wish["biases"]))
            if wish.get("reset"):
                await loop.run_in_executor(None, self.reader.reset_biases)
        except NeuromorphicError as error:
            client.errors.append(standing_alone(str(error)))
            # The page shows what it has asked for, and is to show what is.
            self.reader.revision += 1

    def bias_values(self) -> dict[str, int]:
        """The biases as they are; none where the device can't tell any more."""
        try:
            return self.reader.bias_values()
        except NeuromorphicError:
            return {}

    def greeting(self) -> dict[str, Any]:
        """What a page is told first."""
        reader = self.reader
        return {
            "source": reader.source,
            "name": reader.name,
            "serial": reader.serial,
            "format": reader.format,
            "width": reader.surface.width,
            "height": reader.surface.height,
            "tick_us": TICK_US,
            "bin_s": BIN_S,
            "bins": BINS,
            "frame_rate": self._frame_rate,
            "biases": [dataclasses.asdict(bias) for bias in reader.biases],
        }


def _refusal(sentence: str) -> web.Response:
    return web.Response(status=403, text=sentence)
