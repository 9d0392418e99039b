/// A Go template for `--format`.
package struct Template {
    /// How keys that are not there are treated, and what functions do.
    package enum Mode: Sendable {
        /// Over a whole document: an unknown key is an error.
        case document
        /// Over the titles of a table: functions that shape values leave titles as they are.
        case header
        case row
    }

    private let nodes: [TemplateNode]

    package init(_ source: String) throws(TemplateError) {
        nodes = try TemplateParser.parse(source)
    }

    package func render(_ document: JSONValue, mode: Mode = .document) throws(TemplateError) -> String {
        var evaluator = TemplateEvaluator(root: .json(document), mode: mode)
        return try evaluator.run(nodes)
    }

    package func render(_ record: any TemplateRecord) throws(TemplateError) -> String {
        var evaluator = TemplateEvaluator(root: .record(record), mode: .row)
        return try evaluator.run(nodes)
    }

    /// The header of a table; where the template calls a method, the header ends there.
    package func renderHeader(_ titles: JSONValue) -> String {
        var evaluator = TemplateEvaluator(root: .json(titles), mode: .header)
        _ = try? evaluator.run(nodes)
        return evaluator.output
    }
}
