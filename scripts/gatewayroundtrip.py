"""A study from dcmtk through a gateway, a job on a network of processes, and its answers back in Orthanc; the gateway is killed on the way."""

import json
import math
import random
import struct
import subprocess
import time
import urllib.error
from pathlib import Path

from endtoend import Bithive, fail
from soaking.network import Network

ROOT = Path(__file__).resolve().parent.parent
STUDY = "1.2.826.0.1.3680043.99.7001"
CT = "1.2.840.10008.5.1.4.1.1.2"
SIDE, SLICES, SECONDS = 64, 3, 240
SIZES = {"node": 3, "requester": 1, "crowd": 0, "poster": 0, "disks": (), "disk_bytes": {}, "clocks": False, "windows": {}}
RULES = """
[jobs]
requester = "{folder}/requester-1/requester.toml"
password = "{folder}/requester-1.password"
deid_key = "deid.key"
[[rule]]
name = "phantoms"
modality = ["CT"]
quiet = "2s"
model = "{models}/phantoms.onnx"
manifest = "{models}/phantoms.json"
policy = "vram >= 16 and region in (eu, ch)"
price = "20"
most_price_per_job = "60"
most_price_per_day = "600"
send = ["orthanc"]
[[pacs]]
name = "orthanc"
address = "127.0.0.1:{port}"
called = "ORTHANC"
calling = "BITHIVE"
"""


def slice_file(number, element, short):
    """A slice of CT: an ellipse of soft tissue with a brighter spot, in Hounsfield units above -1024."""
    instance = f"{STUDY}.1.{number}"

    def value(x, y):
        inside = ((x - 32) / 26) ** 2 + ((y - 32) / 22) ** 2 < 1
        return 1024 + (130 if math.hypot(x - 40, y - 28) < 6 else 40) if inside else 24

    pixels = struct.pack(f"<{SIDE * SIDE}H", *(value(at % SIDE, at // SIDE) for at in range(SIDE * SIDE)))
    meta = element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", CT) + element(2, 3, "UI", instance)
    meta += element(2, 0x10, "UI", "1.2.840.10008.1.2.1") + element(2, 0x12, "UI", "1.2.826.0.1.3680043.99")
    meta = element(2, 0, "UL", struct.pack("<I", len(meta))) + meta
    data = [
        element(8, 0x16, "UI", CT), element(8, 0x18, "UI", instance), element(8, 0x20, "DA", "20260309"),
        element(8, 0x60, "CS", "CT"), element(0x10, 0x10, "PN", "Phantom^Round"), element(0x10, 0x20, "LO", "P-ROUND"),
        element(0x20, 0xD, "UI", STUDY), element(0x20, 0xE, "UI", f"{STUDY}.1"), element(0x20, 0x13, "IS", str(number)),
        element(0x20, 0x32, "DS", f"0\\0\\{number}"), element(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"), short(0x28, 2, 1),
        element(0x28, 4, "CS", "MONOCHROME2"), short(0x28, 0x10, SIDE), short(0x28, 0x11, SIDE), element(0x28, 0x30, "DS", "1\\1"),
        short(0x28, 0x100, 16), short(0x28, 0x101, 16), short(0x28, 0x102, 15), short(0x28, 0x103, 0),
        element(0x28, 0x1052, "DS", "-1024"), element(0x28, 0x1053, "DS", "1"), element(0x7FE0, 0x10, "OW", pixels),
    ]
    return bytes(128) + b"DICM" + meta + b"".join(data)


def round_trip(program, folder, parts):
    """Runs it, and returns what was found. `parts` are those of scripts/gateway-peers: gateway, Orthanc, how an object is made, storescu."""
    bithive = Bithive(program, folder / "home")
    network = Network(bithive, folder, "home", SIZES, 1, ROOT / "artifacts", print)
    gateway = orthanc = None
    began = time.monotonic()
    try:
        network.start()
        ready = time.monotonic()
        (folder / "gateway").mkdir()
        subprocess.run([program, "dicom", "key", str(folder / "gateway" / "deid.key")], check=True, stdout=subprocess.DEVNULL)
        port = parts.free_port()
        rules = RULES.format(folder=folder, models=ROOT / "models", port=port)
        gateway = parts.Gateway(program, folder / "gateway", rules)
        orthanc = parts.Orthanc(parts.orthanc, gateway, folder, port)
        files = []
        for number in range(1, SLICES + 1):
            files.append(folder / f"slice-{number}.dcm")
            files[-1].write_bytes(slice_file(number, parts.element, parts.short))
        parts.send_by_storescu(parts.storescu, gateway, files)
        stages, end, draw = [], time.monotonic() + SECONDS, random.Random(1)
        while not stages or stages[-1] not in ("answered", "refused"):
            if time.monotonic() > end:
                fail(f"the study is not answered: {found}\n{(gateway.folder / 'gateway.log').read_text()[-2000:]}")
            time.sleep(0.1)
            (found,) = gateway.ask("studies") or [{"stage": "arriving"}]
            if not stages or found["stage"] != stages[-1]:
                stages.append(found["stage"])
                # Killed once in each stage that is seen, and at once while it posts and while it sends.
                time.sleep(0 if found["stage"] in ("posting", "settled", "answered") else draw.uniform(0, 0.5))
                gateway.kill()
        if stages[-1] == "refused":
            fail(f"the study is refused: {found['reason']}")
        while gateway.ask("outbox")["waiting"]:
            if time.monotonic() > end:
                fail(f"answers are not sent: {gateway.ask('outbox')}")
            time.sleep(0.2)
        objects = [json.loads(orthanc.ask("GET", f"/instances/{one}/simplified-tags")) for one in json.loads(orthanc.ask("GET", "/instances"))]
        (job,) = found["jobs"]
        network_jobs = bithive.run("job", "list", "--config", str(folder / "requester-1" / "requester.toml"))
        name = f"https://github.com/bithive/bithive/fhir/job%7C{name_of(network, job)}"
        bundle = json.loads(gateway.get(f"/fhir/Bundle?identifier={name}"))
        gateway.stop()
        return {
            "stages": stages, "kills": gateway.kills, "jobs": len(network_jobs), "in_orthanc": len(objects),
            "of_the_patient": sum(one["PatientID"] == "P-ROUND" and one["StudyInstanceUID"] == STUDY for one in objects),
            "captures": sum(one["SOPClassUID"] == "1.2.840.10008.5.1.4.1.1.7" for one in objects),
            "reports": bundle["total"], "orthanc": orthanc.version,
            "network_seconds": round(ready - began, 1), "seconds": round(time.monotonic() - ready, 1),
        }
    finally:
        if orthanc:
            orthanc.stop()
        if gateway and gateway.process.poll() is None:
            gateway.process.kill()
        network.close()


def name_of(network, job):
    """The job as reports name it."""
    exported = json.loads(network.file.read_text())["deployment"]
    return f"{exported['chain_id']}/{exported['contracts']['jobs']}/{job}"


def problems(found):
    """What does not hold."""
    wanted = {"jobs": 1, "reports": 1, "of_the_patient": found["in_orthanc"], "captures": found["in_orthanc"]}
    wrong = [f"{name} is {found[name]}, expected {value}" for name, value in wanted.items() if found[name] != value]
    return wrong + ([] if found["in_orthanc"] else ["nothing is in Orthanc"])
