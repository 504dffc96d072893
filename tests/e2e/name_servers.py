#!/usr/bin/env python3
"""name_servers.py - name look-ups at real name servers: BIND, NSD, Knot,
dnsmasq, and Unbound, which asks NSD.

All serve the same zone, each at an address of its own, in namespaces of the
test. Needs root."""

import fcntl
import shutil
import socket
import struct

from harness import Case, Run, dispatch, main, relay, wait_until
from names import enter_namespaces

SIOCSIFADDR = 0x8916
ALIASES = 9  # dnsmasq follows at most 10
HOSTS = {
    # A response has up to 512 bytes, up to 1,232, and more. BIND serves at
    # most 100 addresses of a name.
    "one": ["127.0.0.1"],
    "many": [f"127.1.0.{i}" for i in range(1, 51)],
    "lots": [f"127.2.0.{i}" for i in range(1, 96)],
}
# Chains as (alias, name): a short one to many addresses, and a long one, whose
# response has some 1,600 bytes.
CHAIN = ["chain", *(".".join(letter * 55 + str(i) for letter in "abc")
                    for i in range(ALIASES - 1)), "one"]
LINKS = [("alias", "lots"), *zip(CHAIN, CHAIN[1:])]


def zone():
    lines = ["$ORIGIN names.test.", "$TTL 60",
             "@ SOA ns hostmaster 1 3600 600 86400 60", "@ NS ns",
             "ns A 127.0.0.1", 'text TXT "no address"',
             *(f"{name} A {address}" for name, addresses in HOSTS.items()
               for address in addresses),
             *(f"{alias} CNAME {name}" for alias, name in LINKS)]
    return "\n".join(lines) + "\n"


def bind(place, address):
    place.write("named.conf", f"""
options {{
    directory "{place.path}"; pid-file none; session-keyfile none;
    listen-on {{ {address}; }}; listen-on-v6 {{ none; }};
    recursion no; dnssec-validation no;
}};
controls {{ }};
zone "names.test" {{ type primary; file "{place.file('zone')}"; }};
""")
    return ["named", "-g", "-c", place.file("named.conf")]


def nsd(place, address):
    place.write("nsd.conf", f"""
server:
    ip-address: {address}
    username: ""
    chroot: ""
    zonesdir: "{place.path}"
    database: ""
    pidfile: ""
    xfrdfile: "{place.file('xfrd.state')}"
    zonelistfile: "{place.file('zone.list')}"
    xfrdir: "{place.path}"
remote-control:
    control-enable: no
zone:
    name: names.test
    zonefile: zone
""")
    return ["nsd", "-d", "-c", place.file("nsd.conf")]


def knot(place, address):
    place.write("knot.conf", f"""
server:
    listen: {address}@53
    rundir: {place.path}
database:
    storage: {place.path}
zone:
  - domain: names.test
    storage: {place.path}
    file: zone
""")
    return ["knotd", "-c", place.file("knot.conf")]


def dnsmasq(place, address):
    place.write("dnsmasq.hosts", "".join(
        f"{number} {name}.names.test\n" for name, numbers in HOSTS.items()
        for number in numbers))
    return ["dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "--pid-file",
            "--no-resolv", "--no-hosts", "--bind-interfaces",
            "--listen-address", address, "--local=/names.test/",
            "--addn-hosts", place.file("dnsmasq.hosts"),
            "--txt-record=text.names.test,no address",
            # An alias is known only once its name is.
            *(f"--cname={alias}.names.test,{name}.names.test"
              for alias, name in reversed(LINKS))]


def unbound(place, address):
    place.write("unbound.conf", f"""
server:
    interface: {address}
    username: ""
    chroot: ""
    pidfile: ""
    directory: "{place.path}"
    use-syslog: no
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "test." nodefault
    do-ip6: no
remote-control:
    control-enable: no
stub-zone:
    name: names.test
    stub-addr: {SERVERS["nsd"][1]}
""")
    return ["unbound", "-d", "-c", place.file("unbound.conf")]


# Each with its program and its address.
SERVERS = {
    "bind": (bind, "127.0.1.1"),
    "nsd": (nsd, "127.0.1.2"),
    "knot": (knot, "127.0.1.3"),
    "dnsmasq": (dnsmasq, "127.0.1.4"),
    "unbound": (unbound, "127.0.1.5"),
}


def give_address(number, address):
    """Adds an address to the loopback interface: BIND listens only at addresses
    that an interface has."""
    with socket.socket() as s:
        fcntl.ioctl(s, SIOCSIFADDR, struct.pack(
            "16sHxx4s8x", f"lo:{number}".encode(), socket.AF_INET,
            socket.inet_aton(address)))


def responds(address):
    query = struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + \
        b"\3one\5names\4test\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        try:
            s.connect((address, 53))
            s.send(query)
            return s.recv(512)[3] & 15 == 0
        except OSError:
            return False


CASES = [
    # The name, the exit status, a part of standard error, whether TCP is used.
    ("one", 0, "", False),
    ("ONE", 0, "", False),
    ("many", 0, "", False),
    ("lots", 0, "", True),
    ("alias", 0, "", True),
    ("chain", 0, "", True),
    ("none", 8, "the name does not exist", False),
    ("text", 8, "the name has no address", False),
]


def test_server(tap, place, name, address, port):
    wait_until(lambda: responds(address), f"{name} responds")
    place.write("resolv.conf", f"nameserver {address}\n")
    for host, status, message, over_tcp in CASES:
        if (name, host) == ("knot", "chain"):
            # It follows 5 aliases, and leaves the others to its client.
            continue
        case = Case(tap, f"{host} at {name}", Run(place, dispatch(
            place, "octo/app", host=host + ".names.test", port=port,
            more=["-v", "--retries", "0"])))
        case.exits(status)
        if message:
            case.reports(message)
        case.check(("asking over TCP" in case.run.err) == over_tcp,
                   "TCP is used" if over_tcp else "UDP is enough")


def test_name_servers(tap, place):
    if not enter_namespaces(place):
        tap.skip("name servers", "namespaces are not available here")
        return
    place.write("hosts", "")
    place.write("zone", zone())
    # At all addresses of 127.0.0.0/8.
    listener = socket.create_server(("0.0.0.0", 0))
    relay(listener, place.port)
    for number, (name, server) in enumerate(SERVERS.items()):
        make_command, address = server
        give_address(number, address)
        command = make_command(place, address)
        if shutil.which(command[0]) is None:
            tap.skip(name, f"{command[0]} is not installed")
            continue
        with open(place.file(name + ".log"), "w", encoding="utf-8") as log:
            place.start(command, stdout=log, stderr=log)
        test_server(tap, place, name, address, listener.getsockname()[1])


if __name__ == "__main__":
    main(test_name_servers)
