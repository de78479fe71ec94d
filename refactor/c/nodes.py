"""The kinds of the parser's nodes, and what they are called in nodes of our own."""

from __future__ import annotations

ATOMS = {
    "identifier": "ident",
    "field_identifier": "ident",
    "type_identifier": "ident",
    "statement_identifier": "ident",
    "primitive_type": "ident",
    "null": "ident",
    "true": "ident",
    "false": "ident",
    "number_literal": "number",
    "string_literal": "string",
    "char_literal": "char",
    "system_lib_string": "string",
}
KINDS = {
    "binary_expression": "binary",
    "unary_expression": "unary",
    "pointer_expression": "unary",
    "assignment_expression": "assign",
    "conditional_expression": "cond",
    "comma_expression": "comma",
    "call_expression": "call",
    "argument_list": "args",
    "subscript_expression": "subscript",
    "field_expression": "member",
    "parenthesized_expression": "paren",
    "cast_expression": "cast",
    "sizeof_expression": "sizeof",
    "alignof_expression": "sizeof",
    "offsetof_expression": "offsetof",
    "compound_literal_expression": "literal",
    "concatenated_string": "strings",
    "generic_expression": "generic",
    "gnu_asm_expression": "asm",
    "initializer_list": "init",
    "initializer_pair": "pair",
    "field_designator": "designator",
    "subscript_designator": "designator",
    "subscript_range_designator": "designator",
    "init_declarator": "init_decl",
    "pointer_declarator": "ptr",
    "abstract_pointer_declarator": "ptr",
    "array_declarator": "array",
    "abstract_array_declarator": "array",
    "function_declarator": "fn",
    "abstract_function_declarator": "fn",
    "parenthesized_declarator": "pdecl",
    "abstract_parenthesized_declarator": "pdecl",
    "attributed_declarator": "annotated",
    "parameter_list": "params",
    "type_descriptor": "type_name",
    "struct_specifier": "struct",
    "union_specifier": "struct",
    "enum_specifier": "struct",
    "field_declaration_list": "fields",
    "enumerator_list": "fields",
    "enumerator": "enumerator",
    "bitfield_clause": "bits",
    "compound_statement": "block",
    "return_statement": "return",
    "goto_statement": "goto",
    "break_statement": "break",
    "continue_statement": "continue",
    "do_statement": "do",
    "for_statement": "for",
    "macro_type_specifier": "macro_type",
    "linkage_specification": "linkage",
    "declaration_list": "block",
    "ERROR": "error",
}
DECLARING = {
    "declaration": "declaration",
    "type_definition": "declaration",
    "field_declaration": "declaration",
    "parameter_declaration": "param",
    "type_descriptor": "type_name",
    "function_definition": "function",
}
SPECIFIERS = frozenset(
    (
        "primitive_type",
        "sized_type_specifier",
        "type_identifier",
        "struct_specifier",
        "union_specifier",
        "enum_specifier",
        "macro_type_specifier",
    )
)
ATTRIBUTES = frozenset(
    (
        "attribute_specifier",
        "attribute_declaration",
        "ms_declspec_modifier",
        "alignas_qualifier",
        "ms_call_modifier",
        "gnu_asm_expression",
        "extension_expression",
    )
)
# What may be left without details, and its kind.
STUBS = {
    "expression_statement": "expr_stmt",
    "declaration": "declaration",
    "type_definition": "declaration",
    "field_declaration": "declaration",
    "function_definition": "function",
    "compound_statement": "block",
    "if_statement": "if",
    "while_statement": "while",
    "for_statement": "for",
    "do_statement": "do",
    "switch_statement": "switch",
    "return_statement": "return",
    "initializer_pair": "pair",
}
STUBS_OF_EXPRESSIONS = {**STUBS, "parameter_list": "params"}
STUBS_OF_STATEMENTS = {
    kind: name for kind, name in STUBS.items() if name not in ("declaration", "pair")
}
CONDITIONALS = frozenset(
    (
        "preproc_if",
        "preproc_ifdef",
        "preproc_else",
        "preproc_elif",
        "preproc_elifdef",
    )
)
