"""CosmJS from the package registry, as testing/cosmjs/package-lock.json pins it, on a chain that runs."""

import hashlib
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from endtoend import fail

SOURCES = Path(__file__).resolve().parent.parent / "testing" / "cosmjs"
ARTIFACTS = SOURCES.parent.parent / "artifacts"
# What both kinds of chain ask for a unit of gas.
GAS_PRICE = "0.025ubee"


def cache_folder():
    """Outside of the checkout where that is possible, so that the next clone finds it."""
    cache = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("HOME") and os.path.join(os.environ["HOME"], ".cache"))
    if cache:
        folder = Path(cache) / "bithive"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            pass
        if os.access(folder, os.W_OK):
            return folder
    return SOURCES.parent.parent / "target"


def packages(sources, name):
    """The folder with the packages of a lock file, installed once for each."""
    lock = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache_folder() / name / lock
    if not (folder / "complete").exists():
        if not shutil.which("npm"):
            fail("npm is missing; install node 20 or later")
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(sources / file, folder)
        subprocess.run(["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                       check=True, stdin=subprocess.DEVNULL)
        (folder / "complete").touch()
    return folder


def account(bithive, folder):
    """A new account of the program's: its address, and the file with its words."""
    password, words = folder / "cosmjs.password", folder / "cosmjs.words"
    password.touch(mode=0o600)
    password.write_text(secrets.token_hex(16) + "\n")
    made = bithive.run("keys", "new", "--out", str(folder / "cosmjs.json"), "--words-out", str(words),
                       "--password-file", str(password), "--kdf-memory", "8")
    (address,) = [entry["public"] for entry in made["entries"] if entry["public"].startswith("bithive1")]
    return address, words


def use(rpc, chain_id, token, funded):
    """Runs testing/cosmjs on a chain, from an account `(address, words)` that holds coins and tokens."""
    address, words = funded
    # Node looks for packages beside and above a file, so the program is where they are.
    program = packages(SOURCES, "cosmjs") / "program"
    program.mkdir(exist_ok=True)
    for source in SOURCES.glob("*.mjs"):
        shutil.copy(source, program)
    settings = {"RPC": rpc, "CHAIN_ID": chain_id, "ADDRESS": address, "WORDS_FILE": str(words), "TOKEN": token,
                "GAS_PRICE": GAS_PRICE}
    environment = {**os.environ, **{f"BITHIVE_{name}": value for name, value in settings.items()}}
    done = subprocess.run(["node", str(program / "main.mjs")], stdin=subprocess.DEVNULL, env=environment, timeout=300)
    if done.returncode != 0:
        fail(f"CosmJS on {chain_id}: exit code {done.returncode}")


def try_out(bithive, folder, rpc, chain_id, deployment):
    """As `use`, from a new account that the operator of the deployment gives coins and tokens."""
    made = account(bithive, folder)
    bithive.run("wallet", "fund", made[0], "--amount", "1000", "--chain", rpc)
    use(rpc, chain_id, deployment["contracts"]["token"], made)
