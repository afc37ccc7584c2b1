"""Certificates of a house with an authority of its own, and dcmtk's storescp as an archive that speaks TLS."""

import subprocess
import time
from pathlib import Path

NEW = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
RULES = """
[dicom.tls]
certificates = "{chain}"
key = "{key}"
clients = "{authority}"
[[pacs]]
name = "archive"
address = "localhost:{port}"
called = "ARCHIVE"
calling = "BITHIVE"
[pacs.tls]
authorities = "{authority}"
certificates = "{chain}"
key = "{key}"
"""


class House:
    """An authority, and a certificate for localhost that it has signed."""

    def __init__(self, openssl, folder):
        self.openssl, self.folder = openssl, folder
        folder.mkdir()
        self.authority, self.chain, self.key = folder / "authority.pem", folder / "chain.pem", folder / "key.pem"
        signer, request, extensions = folder / "authority-key.pem", folder / "request.pem", folder / "extensions"
        self.call(*NEW, "-x509", "-days", "2", "-subj", "/CN=House", "-keyout", signer, "-out", self.authority)
        self.call(*NEW, "-subj", "/CN=localhost", "-keyout", self.key, "-out", request)
        extensions.write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        self.call("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", signer, "-CAcreateserial", "-days", "2",
                  "-extfile", extensions, "-out", self.chain)

    def call(self, *arguments):
        subprocess.run([self.openssl, *map(str, arguments)], check=True, capture_output=True)

    def options(self):
        """What dcmtk's programs are told: TLS by the profile of PS3.15 B.12, which is their default."""
        return ["+tls", str(self.key), str(self.chain), "+cf", str(self.authority)]

    def rules(self, port):
        """What a gateway is told that takes and sends by TLS."""
        return RULES.format(chain=self.chain, key=self.key, authority=self.authority, port=port)


class Archive:
    """A storescp that takes nothing without TLS and a certificate of the house."""

    def __init__(self, storescp, house, folder, port):
        folder.mkdir()
        self.folder, self.log = folder, open(folder.with_suffix(".log"), "ab")
        command = [storescp, *house.options(), "-aet", "ARCHIVE", "-od", str(folder), str(port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        time.sleep(0.5)
        if self.process.poll() is not None:
            raise RuntimeError(f"storescp does not run: {Path(self.log.name).read_text()}")

    def files(self):
        return list(self.folder.iterdir())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
