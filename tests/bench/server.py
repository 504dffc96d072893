"""server.py - an nginx that responds to every request as GitHub does to a
dispatch, with each chain of shapes.py on a port of its own."""

import os
import subprocess
import time

from shapes import SHAPES, Maker

FIRST_PORT = 8441
MAIN = """
daemon off;
user root;
pid {folder}/nginx.pid;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  log_format seen '$request_method|$request_uri|$http_authorization|'
                  '$content_length|$ssl_protocol';
  access_log {folder}/seen seen;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  ssl_protocols TLSv1.2 TLSv1.3;
  add_header X-GitHub-Request-Id NGINX:1 always;
  {servers}
}}
"""
SERVER = """
  server {{
    listen {port} ssl;
    ssl_certificate {folder}/{name}.chain.pem;
    ssl_certificate_key {folder}/{key};
    location / {{ return 204; }}
  }}
"""


class Server:
    def __init__(self, folder, shapes=SHAPES):
        self.folder, self.shapes = folder, shapes
        maker = Maker(folder)
        maker.write("nginx.conf", MAIN.format(
            folder=folder, servers="".join(
                SERVER.format(port=port, folder=folder, name=shape.name,
                              key=maker.make(shape))
                for port, shape in enumerate(shapes, FIRST_PORT))))
        self.process = subprocess.Popen(
            ["nginx", "-c", self.file("nginx.conf"), "-e",
             self.file("nginx.log")])
        while not os.path.exists(self.file("nginx.pid")):
            if self.process.poll() is not None:
                raise RuntimeError("nginx did not start")
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def file(self, name):
        return os.path.join(self.folder, name)

    def url(self, shape, host):
        return f"https://{host}:{FIRST_PORT + self.shapes.index(shape)}"

    def seen(self):
        """The requests so far: method, path, Authorization, length of the
        body, version of TLS."""
        with open(self.file("seen"), encoding="ascii") as f:
            return [line.rstrip("\n").split("|") for line in f]

    def next_seen(self, count):
        """The one after so many, which the log may get after the client has
        the response."""
        end = time.monotonic() + 20
        while len(self.seen()) <= count and time.monotonic() < end:
            time.sleep(0.02)
        return self.seen()[count]
