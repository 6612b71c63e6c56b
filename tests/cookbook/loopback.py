# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a shell script beside a camera that is not there.

Usage: loopback.py JPEG SCRIPT

The camera serves the JPEG over and over as multipart/x-mixed-replace, as IP cameras do, on a port of the loopback
interface: $HTTP_PORT for the script. $FREE_PORT is another one, which nobody listens on. Ends with the script's status.
"""

import http.server
import os
import socket
import subprocess
import sys
import threading
import time


class Camera(http.server.BaseHTTPRequestHandler):
    jpeg = b""

    def do_GET(self):
        self.send_response(200)
        # As some cameras have it: what is told is not quite what is sent.
        self.send_header("Content-Type", 'multipart/x-mixed-replace; boundary="--camera"')
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"--camera\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(self.jpeg))
                self.wfile.write(self.jpeg + b"\r\n")
                time.sleep(0.03)
        except OSError:
            pass  # The client has gone.

    def log_message(self, *_):
        pass


def free_port():
    """Free for both TCP and UDP when asked."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(tcp.getsockname())
        return tcp.getsockname()[1]


with open(sys.argv[1], "rb") as file:
    Camera.jpeg = file.read()
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = {"HTTP_PORT": str(server.server_port), "FREE_PORT": str(free_port())}
    status = subprocess.run(["sh", sys.argv[2]], env=os.environ | ports, check=False).returncode
    server.shutdown()
sys.exit(status)
