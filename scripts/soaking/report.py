"""What came of a run: as a document, and as tables for people."""

import statistics
from pathlib import Path

COUNTED = ("lost", "stuck", "doubled")
BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"
PLACES = ("home", "devnet")
HEAD = "### On the "


def of_faults(world, problems, network):
    """For each fault: how often, the jobs that were open meanwhile, and what became of these."""
    jobs, now = network.follower.all_jobs(), max((one.ended for one in world.tries), default=0)
    spans = {job_id: (job.posted_at, job.ended_at or now) for job_id, job in jobs.items()}
    rows = []
    for fault in dict.fromkeys(one.fault for one in world.tries):
        tries = [one for one in world.tries if one.fault == fault]
        under = {
            job_id for job_id, (posted, ended) in spans.items()
            if any(posted <= one.ended and ended >= one.began for one in tries)
        }
        counted = {kind: sum(problem.kind == kind and problem.job_id in under for problem in problems) for kind in COUNTED}
        rows.append({"fault": fault, "tries": len(tries), "jobs": len(under), **counted})
    return rows


def of_jobs(board, follower):
    """For each kind of jobs: what became of them, and how long those that were settled took."""
    jobs = follower.all_jobs()
    kinds = {job_id: attempt.kind for attempt in board.attempts for job_id in attempt.job_ids}
    rows = []
    for kind in dict.fromkeys(attempt.kind for attempt in board.attempts):
        own = [job for job_id, job in jobs.items() if kinds.get(job_id) == kind]
        attempts = [attempt for attempt in board.attempts if attempt.kind == kind]
        settled = sorted((job for job in own if "settled" in job.ends), key=lambda job: job.posted_at)
        seconds, quarter = [job.ended_at - job.posted_at for job in settled], -(-len(settled) // 4)
        rows.append({
            "jobs": kind, "told": sum(attempt.posts for attempt in attempts), "posted": len(own),
            "settled": sum("settled" in job.ends for job in own), "refunded": sum("refunded" in job.ends for job in own),
            "killed": sum(attempt.killed for attempt in attempts), "errors": sum(len(attempt.errors) for attempt in attempts),
            **{name: round(statistics.median(some), 1) if some else None for name, some in (
                ("median_seconds", seconds), ("first_seconds", seconds[:quarter]), ("last_seconds", seconds[-quarter:]))},
            "most_seconds": round(max(seconds), 1) if seconds else None,
        })
    return rows


def of_memory(samples, disks):
    """By kind of process, in MiB: the largest at the start, in the middle, at the end and at any time."""
    if not samples:
        return []
    last = max(at for at, *_ in samples)
    tenth = last / 10
    spans = {"start": (0, tenth), "middle": (last / 2 - tenth / 2, last / 2 + tenth / 2), "end": (last - tenth, last)}
    rows = []
    for kind in dict.fromkeys(kind for _, kind, *_ in samples):
        own = [(at, size) for at, of, _, size in samples if of == kind]
        row = {"process": kind, "processes": len({name for _, of, name, _ in samples if of == kind})}
        for name, (first, until) in spans.items():
            sizes = [size for at, size in own if first <= at <= until]
            row[name] = max(sizes) >> 20 if sizes else None
        rows.append({**row, "most": max(size for _, size in own) >> 20, "disk": disks.get(kind, 0) >> 20})
    return rows


HEADS = {
    "fault": "fault", "tries": "tries", "jobs": "jobs under it", "lost": "lost", "stuck": "stuck", "doubled": "doubled",
}
JOB_HEADS = {
    "jobs": "jobs", "told": "told to post", "posted": "posted", "settled": "settled", "refunded": "refunded",
    "killed": "commands killed", "errors": "commands failed", "median_seconds": "median, s",
    "first_seconds": "of the first quarter", "last_seconds": "of the last", "most_seconds": "longest, s",
}
MEMORY_HEADS = {
    "process": "process", "processes": "how many", "start": "start", "middle": "middle", "end": "end", "most": "most",
    "disk": "disk at the end",
}


def table(rows, heads):
    lines = ["| " + " | ".join(heads.values()) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        shown = ("–" if row[key] is None else f"{row[key]:,}" if isinstance(row[key], int) else str(row[key]) for key in heads)
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


def sections(report):
    """The tables of each place of a run, by its name."""
    found = {}
    for place in report["places"]:
        verdict = "Nothing was lost, stuck or doubled, and nobody was slashed." if not place["problems"] else (
            "Problems:\n\n" + "\n".join(f"- {one['kind']}: {one['what']}" for one in place["problems"]))
        found[place["on"]] = "\n\n".join([
            f"{HEAD}{place['on']}, {place['minutes']} minutes of faults",
            f"Seed {report['seed']}, {report['cores']} processors, {report['version']}.",
            table(place["faults"], HEADS), table(place["jobs"], JOB_HEADS),
            "Memory in MiB, the largest of each kind of process; disk in MiB, the largest folder:",
            table(place["memory"], MEMORY_HEADS), *[f"Left out: {one}." for one in place["left_out"]], verdict,
        ])
    return found


def markdown(report):
    """All tables of a run."""
    return "\n\n".join(sections(report).values()) + "\n"


def write(file, report):
    """Puts the tables between the two marks of a page; those of places that are not in the report stay."""
    page = Path(file).read_text()
    before, begin, rest = page.partition(BEGIN)
    former, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"--write {file}: expected a page with {BEGIN} and {END}")
    tables = {text.partition(",")[0]: (HEAD + text).strip() for text in former.split(HEAD)[1:]} | sections(report)
    text = "\n\n".join(tables[place] for place in PLACES if place in tables)
    Path(file).write_text(f"{before}{begin}\n{text}\n{end}{after}")
