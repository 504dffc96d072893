"""scripts.py - the functions that scripts are made of. Each returns a function
of a Server that changes its steps, or what a step sends."""

from wire import (ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE,
                  message, u8, u16, vector)


def fields(name, **values):
    """Values of fields of a message, or functions of the server and the
    honest value."""
    def change(server):
        server.fields.setdefault(name, {}).update(values)
    return change


def settings(**values):
    def change(server):
        for name, value in values.items():
            setattr(server, name, value)
    return change


def body(name, edit):
    """Edits the body of a message, whose length then fits."""
    def change(server):
        server.edit_body[name] = lambda _, data: edit(data)
    return change


def whole(name, edit):
    """Edits a message with its header."""
    def change(server):
        server.edit_message[name] = lambda _, data: edit(data)
    return change


def wire(name, edit):
    """Edits the records of a message."""
    def change(server):
        server.edit_wire[name] = lambda _, data: edit(data)
    return change


def added(name, kind, data=b"", first=False):
    """One more extension."""
    pair = [(kind, data)]
    return fields(name, extensions=lambda _, pairs: pair + pairs if first
                  else pairs + pair)


def without(name, kind):
    return fields(name, extensions=lambda _, pairs: [
        pair for pair in pairs if pair[0] != kind])


def with_data(name, kind, data):
    """An extension with other data."""
    return fields(name, extensions=lambda _, pairs: [
        (each, data if each == kind else old) for each, old in pairs])


def before(name, *actions):
    def change(server):
        at = server.steps.index(name)
        server.steps[at:at] = actions
    return change


def after(name, *actions):
    def change(server):
        at = server.steps.index(name) + 1
        server.steps[at:at] = actions
    return change


def instead(name, *actions):
    def change(server):
        at = server.steps.index(name)
        server.steps[at:at + 1] = actions
    return change


def drop(*names):
    def change(server):
        server.steps = [each for each in server.steps if each not in names]
    return change


def twice(name):
    return after(name, name)


def order(*names):
    """These steps take the places of each other."""
    def change(server):
        places = [at for at, each in enumerate(server.steps) if each in names]
        for at, each in zip(places, names):
            server.steps[at] = each
    return change


def retry(**wanted):
    """A HelloRetryRequest with group, cookie, or both; and fields."""
    def change(server):
        server.fields.setdefault("hello_retry_request", {}).update(wanted)
        after("client_hello", "hello_retry_request", "client_hello")(server)
    return change


# Actions: steps that a script adds.

def handshake(kind, data=b"", hashed=True, protected=None):
    """A handshake message. If hashed, a client that ignores it, but adds it
    to its transcript, goes on."""
    def act(server):
        text = message(kind, data)
        if hashed:
            server.transcript += text
        if server.one_record is not None and server.writing:
            server.one_record += text
        else:
            server.record(HANDSHAKE, text, protected)
    return act


def record(kind, data, protected=None):
    return lambda server: server.record(kind, data, protected)


def alert(code, level=2, protected=None):
    return record(ALERT, u8(level) + u8(code), protected)


def ccs(data=b"\1", protected=False):
    return record(CHANGE_CIPHER_SPEC, data, protected)


def data(text, protected=None):
    return record(APPLICATION_DATA, text, protected)


def plain_record(kind, text, version=0x0303, size=None):
    """A record as it is, with any length in its header."""
    head = u8(kind) + u16(version)
    return raw(head + (vector(2, text) if size is None else
                       u16(size) + text))


def raw(text):
    def act(server):
        server.unsent += text
    return act


def sealed(inner):
    """A record whose TLSInnerPlaintext is this."""
    def act(server):
        server.unsent += server.writing.seal(inner)
    return act


def many(number, action):
    """The action so often, in pieces, until the client ends."""
    def act(server):
        for count in range(number):
            action(server)
            if count % 64 == 63:
                server.flush()
    return act


def flush(server):
    server.flush()


def close(server):
    server.flush()
    server.close()
    server.drain()


def reset(server):
    server.flush()
    server.reset()


def silence(server):
    server.flush()
    server.silence()
