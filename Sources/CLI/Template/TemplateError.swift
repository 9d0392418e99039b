/// Why a template cannot be read or carried out, in Go's words.
package enum TemplateError: Error, Equatable, CustomStringConvertible {
    case parse(line: Int, String)
    case execute(line: Int, column: Int, node: String, String)

    package var description: String {
        switch self {
        case .parse(let line, let reason): "template: :\(line): \(reason)"
        case .execute(let line, let column, let node, let reason):
            "template: :\(line):\(column): executing \"\" at <\(node)>: \(reason)"
        }
    }
}
