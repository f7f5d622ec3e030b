"""
The peer ``websockets`` of Python, driven from afar.

Each line of the standard input is a JSON array, ``[call, method, arguments]``; each is answered by a line ``[call, result,
error]`` when the method is done. Calls run at the same time. The program ends with its input.
"""

import asyncio
import base64
import json
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)


def decode(message):
    return message["text"] if "text" in message else base64.b64decode(message["base64"])


def encode(message):
    if isinstance(message, str):
        return {"text": message}
    return {"base64": base64.b64encode(message).decode()}


def settings(factory, options):
    """Arguments that ``connect()`` and ``serve()`` share."""
    bits = options["windowBits"]
    extensions = None
    if options["compression"] and bits is not None:
        extensions = [factory(server_max_window_bits=bits["server"], client_max_window_bits=bits["client"])]
    return {
        "subprotocols": options["subprotocols"] or None,
        "compression": "deflate" if options["compression"] and extensions is None else None,
        "extensions": extensions,
        "ping_interval": None,
    }


class Agent:
    def __init__(self):
        self.connections = []
        self.servers = []

    def opened(self, connection):
        self.connections.append(connection)
        return {
            "id": len(self.connections) - 1,
            "subprotocol": connection.subprotocol or "",
            "extensions": connection.response_headers.get("Sec-WebSocket-Extensions", ""),
        }

    async def open(self, url, options):
        arguments = settings(ClientPerMessageDeflateFactory, options)
        if url.startswith("wss:"):
            arguments["ssl"] = ssl.create_default_context(cafile=options["authority"])
        return self.opened(await websockets.connect(url, **arguments))

    async def listen(self, options):
        arguments = settings(ServerPerMessageDeflateFactory, options)
        if options["isSecure"]:
            arguments["ssl"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            arguments["ssl"].load_cert_chain(options["certificate"], options["key"])
        accepted = asyncio.Queue()

        async def handler(connection):
            accepted.put_nowait(connection)
            await connection.wait_closed()

        server = await websockets.serve(handler, "127.0.0.1", 0, **arguments)
        self.servers.append((server, accepted))
        return {"id": len(self.servers) - 1, "port": server.sockets[0].getsockname()[1]}

    async def accept(self, server):
        return self.opened(await self.servers[server][1].get())

    async def stop(self, server):
        self.servers[server][0].close()
        await self.servers[server][0].wait_closed()

    async def sendEach(self, connection, messages):
        for message in messages:
            await self.connections[connection].send(decode(message))

    async def sendFragments(self, connection, fragments):
        await self.connections[connection].send([decode(fragment) for fragment in fragments])

    async def receiveEach(self, connection, count):
        return [encode(await self.connections[connection].recv()) for _ in range(count)]

    async def ping(self, connection, payload):
        await (await self.connections[connection].ping(payload))

    async def close(self, connection, code=1000, reason=""):
        await self.connections[connection].close(code, reason)

    async def closed(self, connection):
        await self.connections[connection].wait_closed()
        return {"code": self.connections[connection].close_code, "reason": self.connections[connection].close_reason}

    async def terminate(self, connection):
        self.connections[connection].transport.abort()


async def answer(agent, call, method, arguments):
    result, error = None, None
    try:
        result = await getattr(agent, method)(*arguments)
    except Exception as exception:
        error = f"{type(exception).__name__}: {exception}"
    sys.stdout.write(json.dumps([call, result, error]) + "\n")
    sys.stdout.flush()


async def main():
    agent = Agent()
    tasks = set()
    lines = asyncio.StreamReader(limit=2**24)
    protocol = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await lines.readline():
        task = asyncio.create_task(answer(agent, *json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
