"""The names by which a rule does without an isomorphism: `@disable optional_qualifier@`.

These are all of Coccinelle's `standard.iso` (1.1.1), and those that are built into spatch. A name
that is none of them is an error, as for spatch: who disables what he has misspelt gets more matches
than he has asked for.
"""

from __future__ import annotations

BUILT_IN = frozenset(
    (
        "all",
        "comm_assoc",
        "list_and_aggregate_initialization",
        "optional_attributes",
        "optional_qualifier",
        "optional_storage",
        "prototypes",
        "value_format",
    )
)

IN_FILE = frozenset((
    "add_int1", "add_int2", "add_signed", "bitand_comm", "bitor_comm", "braces0", "braces1",
    "braces2", "braces3", "braces4", "bsd_branch_pred", "commeq", "commneq", "decl_init",
    "div_assoc", "drop_cast", "drop_else", "extern_decl_init", "fld_to_ptr", "for_inc",
    "gtr_lss", "gtr_lss_eq", "inc", "is_null", "is_zero", "isnt_null1", "isnt_zero",
    "minus_assoc", "mkinit", "mult_comm", "ne_if", "neg_if", "neg_if_exp", "not_int1",
    "not_int2", "not_ptr1", "not_ptr2", "paren", "plus_assoc", "plus_comm", "plus_minus_assoc1",
    "plus_minus_assoc2", "ptr_to_array", "ret", "sizeof_type_expr", "static_decl_init",
    "times_assoc", "times_div_assoc1", "times_div_assoc2", "unlikely", "zero_multiple_format",
))  # fmt: skip

HINTS = {
    b"likely": "unlikely",
    b"unlikely": "unlikely",
    b"__predict_true": "bsd_branch_pred",
    b"__predict_false": "bsd_branch_pred",
}
"""What a test may have around it for the compiler, each with the isomorphism that says so."""

NAMES = BUILT_IN | IN_FILE
