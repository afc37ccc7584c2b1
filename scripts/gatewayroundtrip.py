"""Two studies from dcmtk through a gateway, jobs on a network of processes, and their answers back in Orthanc, dcmtk's storescp and a FHIR server;
the gateway is killed on the way. What dcmtk sends and takes is within TLS. Of the one study, a model of masks makes captures; of the other, a model of classes makes a report of text (DICOM SR)."""

import json
import math
import random
import struct
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

from endtoend import Bithive, fail
from gatewayehr import Ehr
from gatewaytls import Archive, House
from soaking.network import Network

ROOT = Path(__file__).resolve().parent.parent
STUDY, DIGITS = "1.2.826.0.1.3680043.99.7001", "1.2.826.0.1.3680043.99.7002"
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
CAPTURE, SR = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.88.11"
SIDE, SLICES, SECONDS = 64, 3, 300
SECRET = "the secret of the FHIR server"
# Bytes before the images of data/digits/holdout.bhim, and of one of its images.
HEAD, DIGIT = 30, 64
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
send = ["orthanc", "archive", "ehr"]
[[rule]]
name = "digits"
modality = ["MR"]
quiet = "2s"
model = "{models}/digits.onnx"
manifest = "{models}/digits.json"
policy = "vram >= 16 and region in (eu, ch)"
price = "20"
most_price_per_job = "60"
most_price_per_day = "600"
send = ["orthanc", "archive", "ehr"]
[[pacs]]
name = "orthanc"
address = "127.0.0.1:{port}"
called = "ORTHANC"
calling = "BITHIVE"
[[ehr]]
name = "ehr"
url = "{ehr}"
token = "ehr.token"
"""


def ellipse():
    """Soft tissue with a brighter spot, in Hounsfield units above -1024."""
    def value(x, y):
        inside = ((x - 32) / 26) ** 2 + ((y - 32) / 22) ** 2 < 1
        return 1024 + (130 if math.hypot(x - 40, y - 28) < 6 else 40) if inside else 24

    return [value(at % SIDE, at // SIDE) for at in range(SIDE * SIDE)]


def digit(number):
    """A digit that somebody has written, 8 x 8, and which it is."""
    images = (ROOT / "data" / "digits" / "holdout.bhim").read_bytes()[HEAD:]
    label = json.loads((ROOT / "models" / "digits.json").read_text())["holdout"]["labels"][number]
    return list(images[number * DIGIT : (number + 1) * DIGIT]), label


def slice_file(study, number, pixels, element, short):
    """A slice of CT, or of MR where it is a digit."""
    instance, is_ct = f"{study}.1.{number}", study == STUDY
    kind, side = CT if is_ct else MR, math.isqrt(len(pixels))
    meta = element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", kind) + element(2, 3, "UI", instance)
    meta += element(2, 0x10, "UI", "1.2.840.10008.1.2.1") + element(2, 0x12, "UI", "1.2.826.0.1.3680043.99")
    meta = element(2, 0, "UL", struct.pack("<I", len(meta))) + meta
    data = [
        element(8, 0x16, "UI", kind), element(8, 0x18, "UI", instance), element(8, 0x20, "DA", "20260309"),
        element(8, 0x60, "CS", "CT" if is_ct else "MR"), element(0x10, 0x10, "PN", "Phantom^Round"), element(0x10, 0x20, "LO", "P-ROUND"),
        element(0x20, 0xD, "UI", study), element(0x20, 0xE, "UI", f"{study}.1"), element(0x20, 0x13, "IS", str(number)),
        element(0x20, 0x32, "DS", f"0\\0\\{number}"), element(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"), short(0x28, 2, 1),
        element(0x28, 4, "CS", "MONOCHROME2"), short(0x28, 0x10, side), short(0x28, 0x11, side), element(0x28, 0x30, "DS", "1\\1"),
        short(0x28, 0x100, 16), short(0x28, 0x101, 16), short(0x28, 0x102, 15), short(0x28, 0x103, 0),
        element(0x28, 0x1052, "DS", "-1024" if is_ct else "0"), element(0x28, 0x1053, "DS", "1"),
        element(0x7FE0, 0x10, "OW", struct.pack(f"<{len(pixels)}H", *pixels)),
    ]
    return bytes(128) + b"DICM" + meta + b"".join(data)


def send(folder, gateway, house, parts):
    """Both studies, by storescu; which digits are in the second one."""
    digits = [digit(number) for number in range(SLICES)]
    files = []
    for number in range(1, SLICES + 1):
        for study, pixels in ((STUDY, ellipse()), (DIGITS, digits[number - 1][0])):
            files.append(folder / f"{study}-{number}.dcm")
            files[-1].write_bytes(slice_file(study, number, pixels, parts.element, parts.short))
    parts.send_by_storescu(parts.storescu, gateway, files, house.options())
    return [label for _, label in digits]


def until_answered(gateway, end):
    """The stages in which each study was seen, and what is known of it at its end; the gateway is killed in each of them."""
    stages, draw, found = {STUDY: [], DIGITS: []}, random.Random(1), {}
    while not all(seen and seen[-1] == "answered" for seen in stages.values()):
        if time.monotonic() > end:
            fail(f"the studies are not answered: {found}\n{(gateway.folder / 'gateway.log').read_text()[-2000:]}")
        time.sleep(0.1)
        found = {one["study"]: one for one in gateway.ask("studies")}
        for study, one in found.items():
            if one["stage"] == "refused":
                fail(f"{study} is refused: {one['reason']}")
            if stages[study][-1:] != [one["stage"]]:
                stages[study].append(one["stage"])
                # Killed once in each stage that is seen, and at once while it posts and while it sends.
                time.sleep(0 if one["stage"] in ("posting", "settled", "answered") else draw.uniform(0, 0.5))
                gateway.kill()
    return stages, found


def until_sent(gateway, ehr, end):
    """Waits until every destination has everything; the gateway is killed as soon as the first document is taken."""
    is_killed = False
    while gateway.ask("outbox")["waiting"]:
        if time.monotonic() > end:
            fail(f"answers are not sent: {gateway.ask('outbox')}")
        for _ in range(20):
            if ehr.taken and not is_killed:
                is_killed = True
                gateway.kill()
            time.sleep(0.02)


def told(dsr2xml, file):
    """What a report of text says of each image, and which image it names there, as dcmtk reads it."""
    done = subprocess.run([dsr2xml, str(file)], capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"dsr2xml does not read the report: {done.stderr}")
    strip = lambda element: element.tag.rsplit("}", 1)[-1]
    found = []
    for text in (one for one in ElementTree.fromstring(done.stdout).iter() if strip(one) == "text"):
        said = next((one.text for one in text if strip(one) == "value"), "")
        images = [one.get("uid") for image in text.iter() if strip(image) == "image" for one in image.iter() if strip(one) == "instance"]
        if images:
            found.append((said, images))
    return found


def round_trip(program, folder, parts):
    """Runs it, and returns what was found. `parts` are those of scripts/gateway-peers: gateway, Orthanc, how an object is made, storescu."""
    bithive = Bithive(program, folder / "home")
    network = Network(bithive, folder, "home", SIZES, 1, ROOT / "artifacts", print)
    gateway = orthanc = ehr = archive = None
    began = time.monotonic()
    try:
        network.start()
        ready = time.monotonic()
        (folder / "gateway").mkdir()
        subprocess.run([program, "dicom", "key", str(folder / "gateway" / "deid.key")], check=True, stdout=subprocess.DEVNULL)
        (folder / "gateway" / "ehr.token").touch(0o600)
        (folder / "gateway" / "ehr.token").write_text(SECRET)
        port, ehr = parts.free_port(), Ehr(SECRET)
        house, by_tls = House(parts.openssl, folder / "house"), parts.free_port()
        archive = Archive(parts.storescp, house, folder / "archive", by_tls)
        rules = RULES.format(folder=folder, models=ROOT / "models", port=port, ehr=ehr.url) + house.rules(by_tls)
        gateway = parts.Gateway(program, folder / "gateway", rules)
        orthanc = parts.Orthanc(parts.orthanc, gateway, folder, port)
        digits = send(folder, gateway, house, parts)
        end = time.monotonic() + SECONDS
        stages, found = until_answered(gateway, end)
        until_sent(gateway, ehr, end)
        # By the names of Orthanc.
        objects = {one: json.loads(orthanc.ask("GET", f"/instances/{one}/simplified-tags")) for one in json.loads(orthanc.ask("GET", "/instances"))}
        reports = [one for one, tags in objects.items() if tags["SOPClassUID"] == SR]
        said = []
        for number, one in enumerate(reports):
            (folder / f"report-{number}.dcm").write_bytes(orthanc.ask("GET", f"/instances/{one}/file"))
            said += told(parts.dsr2xml, folder / f"report-{number}.dcm")
        network_jobs = bithive.run("job", "list", "--config", str(folder / "requester-1" / "requester.toml"))
        documents = [document(gateway, network, job) for one in found.values() for job in one["jobs"]]
        expected = [f"Image {number}: {label}," for number, label in enumerate(digits, 1)]
        named = [[f"{DIGITS}.1.{number}"] for number in range(1, SLICES + 1)]
        gateway.stop()
        is_ours = lambda tags: tags["PatientID"] == "P-ROUND" and tags["StudyInstanceUID"] == (DIGITS if tags["SOPClassUID"] == SR else STUDY)
        return {
            "stages": stages, "kills": gateway.kills, "jobs": len(network_jobs), "in_orthanc": len(objects), "by_tls": len(archive.files()),
            "of_the_patient": sum(map(is_ours, objects.values())),
            "captures": sum(tags["SOPClassUID"] == CAPTURE for tags in objects.values()), "text_reports": len(reports),
            "unverified": sum(objects[one]["VerificationFlag"] == "UNVERIFIED" for one in reports),
            "digits_read": sum(words.startswith(start) for (words, _), start in zip(said, expected)),
            "images_named": sum(images == name for (_, images), name in zip(said, named)),
            "documents": len(ehr.taken),
            "documents_of_jobs": sum(one == ehr.document(f"Bundle/{one['id']}") for one in documents),
            "busy": len(ehr.busy), "put": sum(map(len, ehr.taken.values())),
            "other_bytes": sum(len(set(bodies)) > 1 for bodies in ehr.taken.values()), "refused_by_ehr": ehr.wrong,
            "orthanc": orthanc.version, "network_seconds": round(ready - began, 1), "seconds": round(time.monotonic() - ready, 1),
        }
    finally:
        if ehr:
            ehr.stop()
        if archive:
            archive.stop()
        if orthanc:
            orthanc.stop()
        if gateway and gateway.process.poll() is None:
            gateway.process.kill()
        network.close()


def document(gateway, network, job):
    """The report of a job, as the gateway has it."""
    name = f"https://github.com/bithive/bithive/fhir/job%7C{name_of(network, job)}"
    found = json.loads(gateway.get(f"/fhir/Bundle?identifier={name}"))
    if found["total"] != 1:
        fail(f"job {job} has {found['total']} reports")
    return found["entry"][0]["resource"]


def name_of(network, job):
    """The job as reports name it."""
    exported = json.loads(network.file.read_text())["deployment"]
    return f"{exported['chain_id']}/{exported['contracts']['jobs']}/{job}"


def problems(found):
    """What does not hold."""
    wanted = {
        "jobs": 2, "by_tls": found["in_orthanc"], "of_the_patient": found["in_orthanc"], "captures": found["in_orthanc"] - 1, "text_reports": 1, "unverified": 1,
        "digits_read": SLICES, "images_named": SLICES, "documents": 2, "documents_of_jobs": 2, "busy": 2, "other_bytes": 0, "refused_by_ehr": [],
    }
    wrong = [f"{name} is {found[name]}, expected {value}" for name, value in wanted.items() if found[name] != value]
    return wrong + ([] if found["captures"] > 0 else ["no capture is in Orthanc"])
