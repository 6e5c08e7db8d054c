#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The netlink interface is the same in its specification, the header, the module's tables and the list of refusals."""

import re

import yaml

from report import Report, code, files, read

SPEC = "Documentation/netlink/specs/hv.yaml"
HEADER = "kmod/uapi/hv.h"
POLICIES = "kmod/nl_policy.c"
OPERATIONS = "kmod/netlink.c"
REFUSALS = "Documentation/refusals.md"
TRIED = "tests/guest/netlink/refusals.c"
TRIED_BY_WHO = "tests/guest/netlink/permissions.c"
TYPES = {"NLA_U16": "u16", "NLA_U32": "u32", "NLA_U64": "u64", "NLA_FLAG": "flag", "NLA_BINARY": "binary",
         "NLA_NUL_STRING": "string"}


def c_name(text):
    return text.upper().replace("-", "_")


def enumerators(source, name):
    """Names of an enum with the first word of their comments, which for an attribute is its type."""
    body = re.search(rf"enum {name} {{(.*?)}};", source, re.S)
    if not body:
        return []
    kinds = dict(re.findall(r"(HV_\w+),[ \t]*/\* (?:c )?(\w+)", body[1]))
    names = re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"/\*.*?\*/", "", body[1], flags=re.S))
    return [(name, kinds.get(name)) for name in names]


def same(report, where, got, wanted):
    if got != wanted:
        report.find(where, f"has {', '.join(got) or 'nothing'}; {SPEC} has {', '.join(wanted)}")


def header(report, spec):
    source = read(HEADER)
    for name, value in ((spec["c-family-name"], f'"{spec["name"]}"'), (spec["c-version-name"], "1"),
                        *((group["c-define-name"], f'"{group["name"]}"') for group in spec["mcast-groups"]["list"])):
        if not re.search(rf"^#define {c_name(name)} {value}$", source, re.M):
            report.find(HEADER, f"does not define {c_name(name)} as {value}")
    for space in spec["attribute-sets"]:
        prefix, name = c_name(space["name-prefix"]), space["enum-name"].replace("-", "_")
        found = enumerators(source, name)
        wanted = [prefix + c_name(attr["name"]) for attr in space["attributes"]]
        same(report, f"{HEADER}: enum {name}", [symbol for symbol, _ in found],
             [f"{prefix}UNSPEC", *wanted, f"__{prefix}MAX", f"{prefix}MAX"])
        kinds = dict(found)
        for attr, symbol in zip(space["attributes"], wanted):
            if attr["type"] != "pad" and kinds.get(symbol) != attr["type"]:
                report.find(HEADER, f"{symbol} is {kinds.get(symbol)}; {SPEC} says {attr['type']}")
    report.rule(f"{len(spec['attribute-sets'])} sets of attributes are in the header as in the specification")

    operations = spec["operations"]
    prefix = c_name(operations["name-prefix"])
    same(report, f"{HEADER}: enum hv_cmd", [symbol for symbol, _ in enumerators(source, "hv_cmd")],
         [f"{prefix}UNSPEC", *(prefix + c_name(op["name"]) for op in operations["list"]), f"__{prefix}MAX",
          f"{prefix}MAX"])
    report.rule(f"so are {len(operations['list'])} operations")


def definitions(report, spec):
    memflags = dict(re.findall(r"_\((\w+), (\d+),", read("hvcore/include/hvabi/memflags.h")))
    for item in spec["definitions"]:
        where = f"hvcore/include/{item['header']}" if "header" in item else HEADER
        prefix = c_name(item["name-prefix"])
        if item["type"] == "enum":
            names = [symbol for symbol, _ in enumerators(read(where), item["enum-name"].replace("-", "_"))
                     if not symbol.endswith("_COUNT")]
            same(report, where, names, [prefix + c_name(entry) for entry in item["entries"]])
        elif item["name"] == "mem-flags":
            allowed = re.search(r"#define HV_CONF_REGION_FLAGS(.*?)\n\n", read("hvcore/include/hvabi/cellconf.h"), re.S)
            names = set(re.findall(r"HV_MEM_(\w+)", allowed[1].replace("HV_MEM_RWX", "HV_MEM_READ HV_MEM_WRITE "
                                                                         "HV_MEM_EXECUTE")))
            same(report, where, sorted(names), sorted(c_name(entry["name"]) for entry in item["entries"]))
            for entry in item["entries"]:
                if memflags.get(c_name(entry["name"])) != str(entry["value"]):
                    report.find(where, f"{entry['name']} is not bit {entry['value']}")
    report.rule("so are the values that attributes take")


def tables():
    """Policy tables: name → attribute's symbol → its entry."""
    source = code(POLICIES).replace("NAME,", "{ .type = NLA_NUL_STRING, .len = HV_CONF_NAME },")
    return {name: dict(re.findall(r"\[(\w+)\] = (.*?),\n", body)) for name, body in
            re.findall(r"^const struct nla_policy (\w+)\[.*?\] = {\n(.*?)^};", source, re.M | re.S)}


def check_policy(report, space, attributes, name, table):
    """One table against the attributes that it should take, all of one set."""
    prefix = c_name(space["name-prefix"])
    same(report, f"{POLICIES}: {name}", sorted(table), sorted(prefix + c_name(attr["name"]) for attr in attributes))
    for attr in attributes:
        entry = table.get(prefix + c_name(attr["name"]), "")
        kind = next((kind for word, kind in TYPES.items() if re.search(rf"\b{word}\b", entry)), None)
        if attr["type"] == "nest":
            kind = "nest" if entry == f"NLA_POLICY_NESTED(hvk_nl_{attr['nested-attributes']})" else kind
        if kind != attr["type"]:
            report.find(f"{POLICIES}: {name}", f"{attr['name']} is {entry}; {SPEC} says {attr['type']}")
        has_check = bool(re.search(r"POLICY_(MIN|MAX|RANGE|MASK)\b|\.len\b", entry))
        if has_check != ("checks" in attr):
            report.find(f"{POLICIES}: {name}", f"{attr['name']} is checked in one place only")


def requests(report, spec):
    spaces = {space["name"]: space for space in spec["attribute-sets"]}
    policies = tables()
    rows = {match[1]: match[0] for match in re.finditer(r"\.cmd = (\w+),(.*?)}", code(OPERATIONS), re.S)}
    asked = [op for op in spec["operations"]["list"] if "event" not in op]
    same(report, OPERATIONS, list(rows), ["HV_CMD_" + c_name(op["name"]) for op in asked])
    for op in asked:
        row = rows.get("HV_CMD_" + c_name(op["name"]), "")
        has_perm = "admin-perm" in op.get("flags", [])
        for word, wanted in ((".doit", "do" in op), (".dumpit", "dump" in op), ("GENL_ADMIN_PERM", has_perm),
                             ("CHANGES", has_perm)):
            if (word in row) != wanted:
                report.find(OPERATIONS, f"{op['name']}: {word} is not as in {SPEC}")
        names = {name for kind in ("do", "dump") for name in
                 ((op.get(kind) or {}).get("request") or {}).get("attributes", [])}
        policy = re.search(r"POLICY\((\w+)\)", row)
        space = spaces[op["attribute-set"]]
        if policy or names:
            check_policy(report, space, [attr for attr in space["attributes"] if attr["name"] in names],
                         policy[1] if policy else "none", policies.get(policy[1], {}) if policy else {})
    for attr in (attr for space in spaces.values() for attr in space["attributes"]):
        name = f"hvk_nl_{attr.get('nested-attributes')}"
        if name in policies:
            space = spaces[attr["nested-attributes"]]
            check_policy(report, space, [inner for inner in space["attributes"] if inner["type"] != "pad"], name,
                         policies[name])
    report.rule(f"the module's {len(rows)} operations and {len(policies)} policies are those of the specification")


def refusals(report):
    section = re.search(r"^## Refusals of the kernel\n(.*?)(?=^## |\Z)", read(REFUSALS), re.M | re.S)
    section = section[1] if section else ""
    listed = {(err, sentence) for sentence, err in re.findall(r"^\| [^|]* \| ([^|]+) \| (E\w+) \|$", section, re.M)}
    sentences = {sentence for _, sentence in listed}
    said = set()
    for path in files("*.c", under=("kmod",)):
        source = read(path)
        for match in re.finditer(r'hvk_(?:refuse|blame|blame_in)\([^;]*?"([^"]*)"\)|\*why = "([^"]*)";', source):
            said.add(match[1] or match[2])
    for sentence in sorted(said - sentences):
        report.find(REFUSALS, f"does not have \"{sentence}\"")
    for sentence in sorted(sentences - said):
        report.find(REFUSALS, f"\"{sentence}\" is said nowhere")
    report.rule(f"{len(said)} sentences of refusals are listed, and no other")
    tried = set(re.findall(r'E\((\w+)\),\s*"([^"]+)"', read(TRIED)))
    tried |= {("EPERM", sentence) for sentence in re.findall(r'#define SENTENCE "([^"]+)"', read(TRIED_BY_WHO))}
    marked = {(err, sentence) for sentence, err in
              re.findall(r"^\| [^|]*[^|*] \| ([^|]+) \| (E\w+) \|$", section, re.M)}
    for err, sentence in sorted(marked - tried):
        report.find(TRIED, f"does not try {err} \"{sentence}\"")
    for err, sentence in sorted(tried - listed):
        report.find(REFUSALS, f"does not have {err} \"{sentence}\"")
    report.rule(f"{len(marked)} of them are tried in the machine")


def main():
    report, spec = Report(), yaml.safe_load(read(SPEC))
    header(report, spec)
    definitions(report, spec)
    requests(report, spec)
    refusals(report)
    report.exit()


if __name__ == "__main__":
    main()
