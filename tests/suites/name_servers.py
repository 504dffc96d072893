#!/usr/bin/env python3
"""name_servers.py - name look-ups at real name servers with odd but legal
settings: BIND, NSD, Knot, PowerDNS, gdnsd and YADIFA, which have the zone; BIND,
Unbound, Knot Resolver, PowerDNS Recursor, dnsmasq and dnsdist, which ask NSD.

Small messages, no EDNS, everything over TCP, aliases, and AAAA that fails. Each at
an address of its own, in namespaces of the test. Needs root."""

import os
import socket
import struct
import subprocess
import sys

from common import REFUSED, Case, Run, dispatch, subject
from harness import main, relay, wait_until
from name_servers import (LINKS, HOSTS, bind, dnsmasq, give_address, knot, nsd,
                          responds, unbound, zone)
from names import enter_namespaces

SOURCE = "127.0.1.2"  # NSD, which those without the zone ask
ADDRESS = "127.0.1.9"
# The host, the exit status, and a part of standard error.
ALL = [("one", 0, ""), ("ONE", 0, ""), ("many", 0, ""), ("lots", 0, ""),
       ("alias", 0, ""), ("chain", 0, ""),
       ("none", 8, "the name does not exist"),
       ("text", 8, "the name has no address")]
# Some leave aliases to a resolver: these cases are refused.
NO_CHAIN = [case if case[0] != "chain" else ("chain", None, "")
            for case in ALL]
NO_ALIAS = [case if case[0] not in ("alias", "chain") else
            (case[0], None, "the name has no address") for case in ALL]
# Where only the addresses of IPv4 can be found.
FOUND = [case for case in ALL if case[1] == 0]
# Where the resolver itself has no TCP.
SHORT = [("one", 0, ""), ("alias", None, "")]


def change(place, name, old, new):
    text = place.read(name)
    if old not in text:
        raise ValueError(f"{name} has no {old!r}")
    place.write(name, text.replace(old, new, 1))


def with_text(make, name, after, add):
    """The server that make starts, with lines more in its configuration."""
    def command(place, address, more):
        made = make(place, address)
        change(place, name, after, after + add.format(more))
        return made
    return command


def with_options(make):
    return lambda place, address, more: [*make(place, address), *more]


bind_lines = with_text(bind, "named.conf", "recursion no;", " {}")
nsd_lines = with_text(nsd, "nsd.conf", "server:\n", "    {}\n")
unbound_lines = with_text(unbound, "unbound.conf", "do-ip6: no\n", "    {}\n")


def bind_recursor(place, address, more):
    place.write("named.conf", f"""
options {{
    directory "{place.path}"; pid-file none; session-keyfile none;
    listen-on {{ {address}; }}; listen-on-v6 {{ none; }};
    recursion yes; dnssec-validation no; forward only;
    forwarders {{ {SOURCE}; }};
    empty-zones-enable no; {more}
}};
controls {{ }};
{'plugin query "filter-aaaa.so" { filter-aaaa-on-v4 yes; };'
 if more == "/* filter */" else ""}
""")
    return ["named", "-g", "-c", place.file("named.conf")]


def knot_module(place, address, more):
    made = knot(place, address)
    if more:
        module, options = more
        place.write("knot.conf", f"""
server:
    listen: {address}@53
    rundir: {place.path}
    {"" if module else options}
database:
    storage: {place.path}
{f"mod-{module}:" if module and options else ""}
{f"  - id: x{chr(10)}    {options}" if module and options else ""}
zone:
  - domain: names.test
    storage: {place.path}
    file: zone
    {f"module: mod-{module}{'/x' if options else ''}" if module else ""}
""")
    return made


def knot_resolver(place, address, more):
    os.makedirs(place.file("kresd"), exist_ok=True)
    place.write("kresd.conf", f"""
net.listen('{address}', 53)
net.ipv6 = false
modules = {{ 'policy' }}
trust_anchors.remove('.')
cache.size = 4 * MB
{more}
policy.add(policy.suffix(policy.STUB('{SOURCE}'), {{ todname('names.test') }}))
""")
    return ["kresd", "-n", "-c", place.file("kresd.conf"),
            place.file("kresd")]


def powerdns(place, address, more):
    os.makedirs(place.file("pdns"), exist_ok=True)
    place.write("pdns-zones.conf", 'zone "names.test" { type master; '
                f'file "{place.file("zone")}"; }};\n')
    place.write("pdns/pdns.conf", f"""
launch=bind
bind-config={place.file("pdns-zones.conf")}
local-address={address}
socket-dir={place.path}
daemon=no
guardian=no
security-poll-suffix=
{more}
""")
    return ["pdns_server", "--config-dir=" + place.file("pdns")]


SCRIPT = """
function preresolve(question)
  if question.qtype == pdns.AAAA then
    %s
  end
  return false
end
"""


def powerdns_recursor(place, address, more):
    os.makedirs(place.file("recursor"), exist_ok=True)
    lines, script = more
    place.write("recursor/script.lua", SCRIPT % script)
    place.write("recursor/recursor.conf", f"""
local-address={address}
forward-zones=names.test={SOURCE}
dont-query=
dnssec=off
socket-dir={place.path}
daemon=no
security-poll-suffix=
threads=1
{"lua-dns-script=" + place.file("recursor/script.lua") if script else ""}
{lines}
""")
    return ["pdns_recursor", "--config-dir=" + place.file("recursor")]


def gdnsd(place, address, more):
    os.makedirs(place.file("gdnsd/zones"), exist_ok=True)
    for name in ("run", "state"):
        os.makedirs(place.file("gdnsd/" + name), exist_ok=True)
    place.write("gdnsd/zones/names.test", zone())
    place.write("gdnsd/config", f"""
options => {{
  listen => [ "{address}" ], run_dir => "{place.file('gdnsd/run')}",
  state_dir => "{place.file('gdnsd/state')}", max_cname_depth => 16,
  {more}
}}
""")
    return ["gdnsd", "-c", place.file("gdnsd"), "start"]


def yadifa(place, address, more):
    os.makedirs(place.file("yadifa"), exist_ok=True)
    place.write("yadifa.conf", f"""
<main>
    listen {address}
    datapath "{place.path}"
    logpath "{place.file('yadifa')}"
    keyspath "{place.file('yadifa')}"
    pidfile "{place.file('yadifa/pid')}"
    xfrpath "{place.file('yadifa')}"
    daemonize off
    uid root
    gid root
    {more}
</main>
<zone>
    type primary
    domain names.test
    file zone
</zone>
""")
    return ["yadifad", "-c", place.file("yadifa.conf")]


def dnsdist(place, address, more):
    place.write("dnsdist.conf", f"""
setLocal("{address}:53")
newServer({{address="{SOURCE}:53", healthCheckMode="up"}})
setACL({{"127.0.0.0/8"}})
{more}
""")
    return ["dnsdist", "--supervised", "--disable-syslog", "-C",
            place.file("dnsdist.conf")]


def on_aaaa(action):
    return f"addAction(QTypeRule(DNSQType.AAAA), {action})"


def refuse_aaaa(code):
    return on_aaaa(f"RCodeAction(DNSRCode.{code})")


FORWARDING = ["--server", SOURCE]


def dnsmasq_forwarder(place, address, more):
    return ["dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "--pid-file",
            "--no-resolv", "--no-hosts", "--bind-interfaces",
            "--listen-address", address, *FORWARDING, *more]


# The program, its package, how it is started, and its settings: a name, what is
# added, and the cases.
SERVERS = [
    ("BIND", "bind9", bind_lines, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "max-udp-size 512;", ALL),
        ("responses that are not minimal", "minimal-responses no;", ALL),
        ("random order", "rrset-order { order random; };", ALL),
        ("a limit on the rate, with truncated responses",
         "rate-limit { responses-per-second 1; slip 1; window 1; };", FOUND),
        ("no cookies", "answer-cookie no;", ALL),
    ]),
    ("BIND", "bind9", with_options(bind), [
        ("no EDNS", ["-T", "noedns"], ALL),
        ("EDNS is a format error", ["-T", "ednsformerr"], ALL),
        ("EDNS is not implemented", ["-T", "ednsnotimp"], ALL),
        ("EDNS is refused", ["-T", "ednsrefused"], ALL),
        ("no TCP", ["-T", "notcp"],
         [("one", 0, ""), ("alias", 0, "")]),
        ("responses of 512 bytes, by a switch", ["-T", "maxudp512"], ALL),
    ]),
    ("BIND, forwarding", "bind9", bind_recursor, [
        ("its defaults", "", ALL),
        ("no AAAA", "/* filter */", ALL),
        ("responses of 512 bytes", "max-udp-size 512;", ALL),
    ]),
    ("NSD", "nsd", nsd_lines, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "ipv4-edns-size: 512", ALL),
        ("one TCP connection at a time", "tcp-count: 1", ALL),
        ("responses that are not minimal", "minimal-responses: no", ALL),
        ("round robin", "round-robin: yes", ALL),
    ]),
    ("Knot DNS", "knot", knot_module, [
        ("its defaults", None, NO_CHAIN),
        ("responses of 1220 bytes", ("", "udp-max-payload: 1220"), NO_CHAIN),
        ("everything over TCP", ("noudp", ""), NO_CHAIN),
        ("a limit on the rate, with truncated responses",
         ("rrl", "rate-limit: 1\n    slip: 1"), NO_CHAIN),
        ("cookies", ("cookies", ""), NO_CHAIN),
        ("random order", ("", "answer-rotation: on"), NO_CHAIN),
    ]),
    ("Knot Resolver", "knot-resolver", knot_resolver, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "net.bufsize(512, 512)", ALL),
        ("random order", "reorder_RR(true)", ALL),
        ("AAAA is refused", "policy.add(function (request, query) "
         "if query.stype == kres.type.AAAA then return policy.REFUSE end end)",
         FOUND),
        ("AAAA does not exist", "policy.add(function (request, query) "
         "if query.stype == kres.type.AAAA then return policy.DENY end end)",
         FOUND),
        ("AAAA gets no response", "policy.add(function (request, query) "
         "if query.stype == kres.type.AAAA then return policy.DROP end end)",
         FOUND),
    ]),
    ("PowerDNS", "pdns-server", powerdns, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "udp-truncation-threshold=512", ALL),
        ("no cache", "cache-ttl=0\nquery-cache-ttl=0", ALL),
    ]),
    ("PowerDNS Recursor", "pdns-recursor", powerdns_recursor, [
        ("its defaults", ("", ""), ALL),
        ("responses of 512 bytes", ("udp-truncation-threshold=512", ""), ALL),
        ("AAAA fails", ("", "question.rcode = pdns.SERVFAIL; return true"),
         FOUND),
        ("AAAA is refused", ("", "question.rcode = pdns.REFUSED; return true"),
         FOUND),
        ("AAAA does not exist",
         ("", "question.rcode = pdns.NXDOMAIN; return true"), FOUND),
        ("addresses of IPv6 made from those of IPv4",
         ("dns64-prefix=64:ff9b::/96", ""), FOUND),
    ]),
    ("gdnsd", "gdnsd", gdnsd, [
        ("its defaults", "", NO_ALIAS),
        ("responses of 512 bytes", "max_edns_response => 512", NO_ALIAS),
    ]),
    ("YADIFA", "yadifa", yadifa, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "edns0-max-size 512", ALL),
    ]),
    ("Unbound", "unbound", unbound_lines, [
        ("its defaults", "", ALL),
        ("responses of 512 bytes", "max-udp-size: 512", ALL),
        ("no TCP", "do-tcp: no", SHORT),
        ("responses that are not minimal", "minimal-responses: no", ALL),
        ("random letters upwards", "use-caps-for-id: yes", ALL),
        ("no EDNS to small responses", "edns-buffer-size: 512", ALL),
    ]),
    ("dnsmasq", "dnsmasq-base", with_options(dnsmasq), [
        ("its defaults", [], ALL),
        ("responses of 512 bytes", ["--edns-packet-max=512"], ALL),
        ("no AAAA", ["--filter-AAAA"], ALL),
    ]),
    ("dnsmasq, forwarding", "dnsmasq-base", dnsmasq_forwarder, [
        ("its defaults", [], ALL),
        ("responses of 512 bytes", ["--edns-packet-max=512"], ALL),
        ("no AAAA", ["--filter-AAAA"], ALL),
        ("no cache", ["--cache-size=0"], ALL),
        ("short lives", ["--max-ttl=1"], ALL),
    ]),
    ("dnsdist", "dnsdist", dnsdist, [
        ("its defaults", "", ALL),
        ("everything over TCP", "addAction(TCPRule(false), TCAction())", ALL),
        *[(f"AAAA ends in {code}", refuse_aaaa(code), FOUND)
          for code in ("SERVFAIL", "REFUSED", "NOTIMP", "NXDOMAIN", "FORMERR",
                       "NOTAUTH")],
        ("AAAA gets no response", on_aaaa("DropAction()"), FOUND),
        ("AAAA comes late", on_aaaa("DelayAction(400)"), ALL),
        ("A comes late", "addAction(QTypeRule(DNSQType.A), DelayAction(400))",
         ALL),
        ("AAAA over TCP only", on_aaaa("TCAction()"), ALL),
    ]),
]


def listen(place):
    """Passes connections to any of the zone's addresses on to the stand-in."""
    listener = socket.create_server(("0.0.0.0", 0))
    relay(listener, place.port)
    return listener.getsockname()[1]


def check(tap, place, name, cases, port):
    for host, status, message in cases:
        end = REFUSED if status is None else ""
        case = Case(tap, f"{name}, {host}{end}", Run(place, dispatch(
            place, "octo/app", host=host + ".names.test", port=port,
            more=["-v", "--retries", "0"])))
        case.exits(8 if status is None else status)
        if message:
            case.reports(message)


def end(child):
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def start(place, command, address):
    with open(place.file("server.log"), "w", encoding="utf-8") as log:
        child = place.start(command, stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL, cwd=place.path)
    try:
        wait_until(lambda: responds(address) or child.poll() is not None,
                   f"{command[0]} responds", 60)
    except RuntimeError:
        end(child)
    return child


def test_name_servers(tap, place):
    if not enter_namespaces(place):
        tap.check(False, "namespaces are available")
        return
    place.write("hosts", "")
    place.write("zone", zone())
    place.write("resolv.conf", f"nameserver {ADDRESS}\n")
    port = listen(place)
    give_address(1, SOURCE)
    give_address(2, ADDRESS)
    source = start(place, nsd(place, SOURCE), SOURCE)
    last = None
    for program, package, make, rows in SERVERS:
        if sys.argv[1:] and program not in sys.argv[1:]:
            continue
        if program != last:
            subject(program, package)
        last = program
        for setting, more, cases in rows:
            child = start(place, make(place, ADDRESS, more), ADDRESS)
            if child.poll() is not None:
                with open(place.file("server.log"), encoding="latin-1") as f:
                    tap.check(False, f"{program}, {setting}: it starts",
                              f.read()[-3000:])
                continue
            check(tap, place, f"{program}, {setting}", cases, port)
            end(child)
    end(source)


if __name__ == "__main__":
    main(test_name_servers)
