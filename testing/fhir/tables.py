#!/usr/bin/env python3
"""Writes packages/fhir/data/*.tsv from the definitions of FHIR R4 (4.0.1, CC0), as HAPI's archive of them has them.

    python3 testing/fhir/tables.py hapi-fhir-validation-resources-r4-8.4.0.jar packages/fhir/data

elements.tsv    every element of the resources below and of the data types that they use: path, least and most
                occurrences, types, value set of a required binding, and whether it is a modifier element
codes.tsv       codes of these value sets and of the value sets that are bound in weaker ways, by code system
systems.tsv     all codes of the code systems of HL7 that these value sets are taken from
invariants.tsv  the rules of severity error: path, key, expression in FHIRPath
"""

import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

RESOURCES = [
    "AuditEvent",
    "Bundle",
    "Consent",
    "Device",
    "DiagnosticReport",
    "ImagingStudy",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "Provenance",
]
BASE = "org/hl7/fhir/r4/model/"
FHIR = "{http://hl7.org/fhir}"
# A value set or system with more codes than this is not shipped: v3 and v2 have a few of thousands.
MOST_CODES = 1200


def value(node, path):
    found = node.find("/".join(FHIR + step for step in path.split("/")))
    return None if found is None else found.get("value")


def values(node, path):
    return [one.get("value") for one in node.findall("/".join(FHIR + step for step in path.split("/")))]


def resources(archive, name):
    for entry in ET.fromstring(archive.read(BASE + name)).findall(f"{FHIR}entry/{FHIR}resource"):
        yield entry[0]


class Definitions:
    def __init__(self, archive):
        self.structures, self.sets, self.systems, self.partial = {}, {}, {}, set()
        for name in ("profile/profiles-types.xml", "profile/profiles-resources.xml"):
            for found in resources(archive, name):
                if found.tag == FHIR + "StructureDefinition" and value(found, "derivation") != "constraint":
                    self.structures[value(found, "type")] = found
        for name in ("valuesets", "v2-tables", "v3-codesystems"):
            for found in resources(archive, f"valueset/{name}.xml"):
                url = value(found, "url")
                if found.tag == FHIR + "ValueSet":
                    self.sets.setdefault(url, found)
                elif found.tag == FHIR + "CodeSystem":
                    self.systems.setdefault(url, self.concepts(found))
                    if value(found, "content") != "complete":
                        self.partial.add(url)

    def concepts(self, node, parents=()):
        """Codes, each with the codes above it."""
        found = {}
        for concept in node.findall(FHIR + "concept"):
            code = value(concept, "code")
            above = set(parents)
            for prop in concept.findall(FHIR + "property"):
                if value(prop, "code") in ("subsumedBy", "parent"):
                    above.add(value(prop, "valueCode"))
            found[code] = above
            found.update(self.concepts(concept, (*above, code)))
        return found

    def below(self, system, code):
        """A code and all below it."""
        codes, grown = {code}, True
        while grown:
            more = {one for one, above in self.systems[system].items() if above & codes} | codes
            grown, codes = more != codes, more
        return codes

    def part(self, node):
        """Codes of an include or exclude by system; none if they can't be listed."""
        system = value(node, "system")
        nested = values(node, "valueSet")
        if not system:
            found = None
            for url in nested:
                other = self.expand(url.split("|")[0])
                if other is None:
                    return None
                found = other if found is None else found & other
            return found
        if nested:
            return None
        listed = values(node, "concept/code")
        filters = node.findall(FHIR + "filter")
        if listed:
            return {(system, code) for code in listed}
        if system not in self.systems or system in self.partial:
            return None
        codes = set(self.systems[system])
        for one in filters:
            op, prop, wanted = value(one, "op"), value(one, "property"), value(one, "value")
            if prop not in ("concept", "code") or op not in ("is-a", "descendent-of"):
                return None
            under = self.below(system, wanted)
            codes &= under if op == "is-a" else under - {wanted}
        return {(system, code) for code in codes}

    def expand(self, url):
        """Codes of a value set as (system, code); none if they can't be listed."""
        found = self.sets.get(url)
        if found is None:
            return None
        codes = set()
        for kind, apply in (("include", codes.update), ("exclude", codes.difference_update)):
            for node in found.findall(f"{FHIR}compose/{FHIR}{kind}"):
                listed = self.part(node)
                if listed is None:
                    return None
                apply(listed)
        return codes


def short(url):
    return url.split("|")[0]


def type_name(node):
    code = value(node, "code")
    for extension in node.findall(FHIR + "extension"):
        if extension.get("url") == "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type":
            return value(extension, "valueUrl") or value(extension, "valueUri")
    if code.startswith("http://hl7.org/fhirpath/System."):
        return "string"
    targets = [url.rsplit("/", 1)[1] for url in values(node, "targetProfile")]
    if code in ("Reference", "canonical") and targets and "Resource" not in targets:
        return f"{code}({'|'.join(targets)})"
    return code


def main():
    archive_name, folder = sys.argv[1], Path(sys.argv[2])
    definitions = Definitions(zipfile.ZipFile(archive_name))
    elements, invariants, bound, seen, todo = [], [], {}, set(), [*RESOURCES, "Element"]
    while todo:
        name = todo.pop(0)
        if name in seen or name not in definitions.structures:
            continue
        seen.add(name)
        definition = definitions.structures[name]
        kind = value(definition, "kind")
        if kind == "primitive-type":
            continue
        for element in definition.findall(f"{FHIR}snapshot/{FHIR}element"):
            path = value(element, "path")
            types = [type_name(node) for node in element.findall(FHIR + "type")]
            if kind == "resource" and path == f"{name}.id":
                types = ["id"]
            content = value(element, "contentReference")
            todo += [one.split("(")[0] for one in types if one.split("(")[0] not in ("Resource", "Element", "BackboneElement")]
            strength = value(element, "binding/strength")
            values_of = value(element, "binding/valueSet")
            required = ""
            if values_of:
                bound.setdefault(short(values_of), set()).add(strength)
                required = short(values_of) if strength == "required" else ""
            for rule in element.findall(FHIR + "constraint"):
                # Two hold everywhere, and are not listed for each element.
                key = value(rule, "key")
                if value(rule, "severity") == "error" and key not in ("ele-1", "ext-1"):
                    holder = "DomainResource" if key.startswith("dom-") else path
                    invariants.append((holder, key, value(rule, "expression")))
            if "." in path:
                elements.append((
                    path, value(element, "min"), value(element, "max"),
                    f"@{content[1:]}" if content else ",".join(dict.fromkeys(types)),
                    required, "modifier" if value(element, "isModifier") == "true" else "",
                ))
    codes, systems = [], set()
    for url in sorted(bound):
        listed = definitions.expand(url)
        if listed is None or len(listed) > MOST_CODES:
            if "required" in bound[url]:
                print(f"required, but not listed: {url}", file=sys.stderr)
            listed = listed or set()
        elif "required" in bound[url]:
            by_system = {}
            for system, code in listed:
                by_system.setdefault(system, []).append(code)
            codes += [(url, system, " ".join(sorted(found))) for system, found in sorted(by_system.items())]
        systems |= {system for system, _ in listed}
    lines = []
    for system in sorted(systems):
        known = definitions.systems.get(system)
        if known and system not in definitions.partial and len(known) <= MOST_CODES:
            lines.append((system, " ".join(sorted(known))))
    for file, rows in (
        ("elements.tsv", elements), ("codes.tsv", codes), ("systems.tsv", lines), ("invariants.tsv", sorted(set(invariants))),
    ):
        text = "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows)
        (folder / file).write_text(text)


if __name__ == "__main__":
    main()
