"""Random code in kernel style, a rule about one thing in it, and what a careful hand makes of it.

The code is printed from a description of it, and so is the result, from the description with the
change made. So the right bytes are known, and nothing of them comes from the program under test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True)
class Case:
    """A rule, a file, and the file afterwards."""

    rule: str
    before: str
    after: str


def rule(declared: Sequence[str], body: str) -> str:
    """A semantic patch with one rule; `u32` is a type to it only if it says so."""
    known = [*declared, *(["typedef u32;"] if re.search(r"\bu32\b", body) else [])]
    return "@@\n" + "".join(f"{each}\n" for each in known) + f"@@\n{body}"


# ---------------------------------------------------------------------------- declarations


@dataclass(frozen=True)
class Name:
    """One name of a declaration."""

    stars: str
    name: str
    dimensions: str
    value: str

    def __str__(self) -> str:
        value = f" = {self.value}" if self.value else ""
        return f"{self.stars}{self.name}{self.dimensions}{value}"


TYPES = ("int", "u32", "struct foo", "unsigned long", "const char")


def declarations(random: Random) -> Case | None:
    """A name among others: it goes, gets another name or value, or another one beside it."""

    def some(name: str) -> Name:
        dimensions = random.choice(["", "", "", "[4]", "[N][2]"])
        value = random.choice(["", "", "0", "f(a, b)", "NULL"])
        if dimensions:
            value = random.choice(["", "", "{ 1, 2 }"])
        return Name(random.choice(["", "", "*", "**"]), name, dimensions, value)

    def line(kind: str, names: Sequence[Name]) -> str:
        return f"\t{kind} {', '.join(map(str, names))};\n" if names else ""

    around = [line(random.choice(TYPES), [some(each)]) for each in "abc"[: random.randrange(1, 4)]]
    at = random.randrange(1, len(around) + 1)
    kind, hot = random.choice(TYPES), some("hot")
    names = [some(each) for each in "pq"[: random.choice([0, 0, 1, 2])]]
    names.insert(random.randrange(len(names) + 1), hot)
    rest = [each for each in names if each is not hot]

    is_hole = random.random() < 0.5
    shown = "T hot" if is_hole else f"{kind} {hot.stars}hot{hot.dimensions}"
    declared = ["type T;"] if is_hole else []
    value = " = E" if hot.value else ""
    if value:
        declared.append("initializer E;" if hot.dimensions else "expression E;")
    old, beside = f"{shown}{value};", "\tint cold;\n"
    here = line(kind, names)

    def with_name(new: Name) -> str | None:
        """In its place if it has a value; else it gets a declaration of its own."""
        if hot.value or not rest:
            if rest and is_hole and hot.dimensions:
                return None
            return line(kind, [new if each is hot else each for each in names])
        if new.value and any("(" in each.value for each in rest):
            return None
        return line(kind, rest) + line(kind, [new])

    made: tuple[str, str | None]
    match random.randrange(6):
        case 0:
            made = f"- {old}\n", line(kind, rest)
        case 1:
            made = (
                f"- {old}\n+ {old.replace('hot', 'cold', 1)}\n",
                with_name(replace(hot, name="cold")),
            )
        case 2 if hot.value:
            made = f"- {old}\n+ {shown};\n", with_name(replace(hot, value=""))
        case 3 if not hot.dimensions:
            made = f"- {old}\n+ {shown} = g(0);\n", with_name(replace(hot, value="g(0)"))
        case 4:
            made = f"  {old}\n+ int cold;\n", here + beside
        case _:
            made = f"+ int cold;\n  {old}\n", beside + here
    body, there = made

    def file(text: str) -> str:
        lines = [*around[:at], text, *around[at:]]
        return "void fn(void)\n{\n" + "".join(lines) + "\n\twork();\n}\n"

    return Case(rule(declared, body), file(here), file(there)) if there is not None else None


def fields(random: Random) -> Case | None:
    """A field of a structure, with what stands around it or with dots."""

    def some(name: str) -> str:
        kind = random.choice(TYPES)
        return random.choice(
            [
                f"{kind} {name};",
                f"{kind} *{name};",
                f"{kind} {name}[4];",
                f"{kind} {name}:{random.randrange(1, 8)};",
                f"int (*{name})(struct s *s, int x);",
            ]
        )

    hot, lines = some("hot"), [some(each) for each in "abcd"[: random.randrange(4)]]
    comments = [random.choice(["", "", " /* x */"]) for _ in lines]
    own = random.choice(["", "", "\t/* c */"])
    at = random.randrange(len(lines) + 1)
    cold = hot.replace("hot", "cold", 1)
    change, there = random.choice(
        [
            (f"- {hot}\n+ {cold}\n", [cold + own]),
            (f"  {hot}\n+ {cold}\n", [hot + own, cold]),
            (f"+ {cold}\n  {hot}\n", [cold, hot + own]),
            (f"- {hot}\n+ {cold}\n+ int more;\n", [cold + own, "int more;"]),
            (f"- {hot}\n", [] if not own else [""]),
        ]
    )
    if there == [""]:
        return None  # whether a comment goes with its field is another question

    def file(inner: Sequence[str]) -> str:
        beside = [each + comment for each, comment in zip(lines, comments, strict=True)]
        whole = [*beside[:at], *inner, *beside[at:]]
        return "struct s {\n" + "".join(f"\t{each}\n" for each in whole) + "};\n"

    above, below = "  ...\n", "  ...\n"
    if lines and random.random() < 0.4:
        above = "".join(f"  {each}\n" for each in lines[:at])
        below = "".join(f"  {each}\n" for each in lines[at:])
    declared, name = random.choice([([], "s"), (["identifier I;"], "I")])
    body = f"  struct {name} {{\n{above}{change}{below}  }};\n"
    return Case(rule(declared, body), file([hot + own]), file(there))


# ---------------------------------------------------------------------------- lists


def elements(random: Random) -> Case | None:
    """An element of an initialiser or an enum, in one line or several, with a comma at its end or
    without."""
    head, tail, plain, hot, cold, value = random.choice(
        [
            ("struct s x = ", "struct s I = ", [".a = 1", ".b = f(a, b)", ".c = { 1, 2 }"],
             ".hot = %s", ".cold = %s", "E"),
            ("struct s x[] = ", "struct s I[] = ", ["A(1)", "{ 1, 2 }", "{ .a = 1 }"],
             "HOT(%s)", "PAIR(%s, 0)", "E"),
            ("struct s x[] = ", "struct s I[] = ", ["A(1)", "{ 1, 2 }", "3"],
             "{ HOT, %s }", "{ COLD, %s }", "E"),
            ("enum e ", "enum e ", ["A", "B = 1", "C = 2 << 3"], "HOT = %s", "COLD = %s", "7"),
        ]
    )  # fmt: skip
    around = random.sample(plain, random.randrange(len(plain) + 1))
    at = random.randrange(len(around) + 1)
    has_lines, ends_in_comma = random.random() < 0.7, random.random() < 0.6
    own = "7" if value == "7" else random.choice(["7", "NULL", "A | B", "g(1)"])

    def file(inner: Sequence[str], *, comma: bool) -> str:
        whole = [*around[:at], *(each % own for each in inner), *around[at:]]
        if has_lines:
            ends = ["," if comma or each is not whole[-1] else "" for each in whole]
            lines = "".join(f"\t{each}{end}\n" for each, end in zip(whole, ends, strict=True))
            return f"{head}{{\n{lines}}};\n"
        return f"{head}{{ {', '.join(whole)}{',' if comma else ''} }};\n"

    old, new = hot % value, cold % value
    kind, change, there = random.choice(
        [
            ("goes", f"- {old},\n", []),
            ("becomes another", f"- {old},\n+ {new},\n", [cold]),
            ("gets one behind it", f"  {old},\n+ {new},\n", [hot, cold]),
            ("gets one before it", f"+ {new},\n  {old},\n", [cold, hot]),
        ]
    )
    if not there and not around:
        return None
    # The comma of what goes is that of the element before it; new last lines end in one.
    is_last = at == len(around)
    comma = ends_in_comma or (
        is_last and (kind == "goes" or (kind == "gets one behind it" and has_lines))
    )
    is_unordered = hot.startswith(".")
    above, below = ("", "") if is_unordered else ("  ...,\n", "  ...\n")
    declared = ["expression E;"] if value == "E" else []
    declared += ["identifier I;"] if " I" in tail else []
    body = f"  {tail}{{\n{above}{change}{below}  }};\n"
    return Case(rule(declared, body), file([hot], comma=ends_in_comma), file(there, comma=comma))


def parameters(random: Random) -> Case | None:
    """A parameter of a function, and of its prototype, which may have no names."""

    def some(name: str) -> str:
        kinds = ["int %s", "struct x *%s", "u32 %s", "int %s[]", "void (*%s)(int)"]
        return random.choice(kinds) % name

    around, hot = [some(each) for each in "abc"[: random.randrange(4)]], some("hot")
    at = random.randrange(len(around) + 1)
    head = random.choice(["int fn(%s)", "static inline struct x *fn(%s)", "void\nfn(%s)"])
    has_prototype, has_names = random.random() < 0.6, random.random() < 0.5
    cold = hot.replace("hot", "cold")
    change, there = random.choice(
        [
            ([f"- {hot}", f"+ {cold}"], [cold]),
            ([f"- {hot}", "+ long hot"], ["long hot"]),
            ([f"  {hot}", "+ , int cold"], [hot, "int cold"]),
            (["+ int cold,", f"  {hot}"], ["int cold", hot]),
            ([f"- {hot}", "+ int cold, long more"], ["int cold", "long more"]),
        ]
    )
    lines = ["  ...,", *change, "  , ..."]
    if random.random() < 0.6:
        lines = [*(f"  {each}," for each in around[:at]), *change]
        lines += [f"  , {each}" for each in around[at:]]

    def file(inner: Sequence[str]) -> str:
        whole = ", ".join([*around[:at], *inner, *around[at:]])
        bare = whole if has_names else re.sub(r"\s?\b(a|b|c|hot|cold|more)\b", "", whole)
        prototype = f"{head % bare};\n\n" if has_prototype else ""
        return prototype + head % whole + "\n{\n\treturn g(1);\n}\n"

    declared, name = random.choice([([], "fn"), (["identifier F;"], "F")])
    body = f"  {name}(\n" + "\n".join(lines) + "\n  )\n  { ... }\n"
    case = Case(rule(declared, body), file([hot]), file(there))
    return case if max(map(len, case.after.split("\n"))) <= 80 else None


GENERATORS: dict[str, Callable[[Random], Case | None]] = {
    "declarations": declarations,
    "fields": fields,
    "elements": elements,
    "parameters": parameters,
}
