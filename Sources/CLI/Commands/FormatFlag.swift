/// The `--format` flags of listings and of inspections.
enum FormatFlag {
    static let listing = Flag.string(
        "format", nil,
        """
        Format output using a custom template:
        'table':            Print output in table format with column headers (default)
        'table TEMPLATE':   Print output in table format using the given Go template
        'json':             Print in JSON format
        'TEMPLATE':         Print output using the given Go template.
        """)

    static func inspection(_ letter: Character? = "f") -> Flag {
        .string(
            "format", letter,
            """
            Format output using a custom template:
            'json':             Print in JSON format
            'TEMPLATE':         Print output using the given Go template.
            """)
    }
}
