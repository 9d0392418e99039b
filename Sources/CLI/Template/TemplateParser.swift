/// Reads the subset of Go's text/template that `--format` strings use: no `define`, `template` or `block`.
struct TemplateParser {
    private static let functions: Set<String> = [
        "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery",
        "eq", "ne", "lt", "le", "gt", "ge", "json", "split", "join", "title", "lower", "upper", "pad", "truncate",
    ]

    private let tokens: [TemplateToken]
    private var index = 0

    static func parse(_ source: String) throws(TemplateError) -> [TemplateNode] {
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: source))
        let (nodes, stop) = try parser.nodes()
        if let stop { throw .parse(line: stop.line, "unexpected {{\(stop.text)}}") }
        return nodes
    }

    private init(tokens: [TemplateToken]) {
        self.tokens = tokens
    }

    private var current: TemplateToken { tokens[index] }

    private mutating func next() -> TemplateToken {
        defer { if index < tokens.count - 1 { index += 1 } }
        return tokens[index]
    }

    private mutating func skipSpace() {
        while current.kind == .space { index += 1 }
    }

    /// Nodes up to the end, or up to `{{end}}` or `{{else`, whose word is answered.
    private mutating func nodes() throws(TemplateError) -> (nodes: [TemplateNode], stop: TemplateToken?) {
        var nodes: [TemplateNode] = []
        while true {
            let token = next()
            switch token.kind {
            case .text: nodes.append(.text(token.text))
            case .end: return (nodes, nil)
            default:
                skipSpace()
                if current.kind == .word, current.text == "end" || current.text == "else" { return (nodes, next()) }
                nodes.append(try action())
            }
        }
    }

    private mutating func action() throws(TemplateError) -> TemplateNode {
        let word = current
        guard word.kind == .word else { return .action(try pipeline(until: .close, context: "command")) }
        switch word.text {
        case "if":
            let (pipeline, body, otherwise) = try block("if")
            return .condition(pipeline, then: body, otherwise: otherwise)
        case "range":
            let (pipeline, body, otherwise) = try block("range")
            return .loop(pipeline, body: body, otherwise: otherwise)
        case "with":
            let (pipeline, body, otherwise) = try block("with")
            return .with(pipeline, body: body, otherwise: otherwise)
        case "break", "continue":
            _ = next()
            try close(after: word.text)
            return word.text == "break" ? .breakLoop : .continueLoop
        case "define", "template", "block":
            throw .parse(line: word.line, "{{\(word.text)}} is not supported in a format")
        default:
            return .action(try pipeline(until: .close, context: "command"))
        }
    }

    private mutating func close(after word: String) throws(TemplateError) {
        skipSpace()
        guard next().kind == .close else { throw .parse(line: current.line, "unexpected token in \(word)") }
    }

    private mutating func block(
        _ word: String
    ) throws(TemplateError) -> (TemplatePipeline, [TemplateNode], [TemplateNode]) {
        _ = next()
        let pipeline = try pipeline(until: .close, context: word)
        let (body, stop) = try nodes()
        guard let stop else { throw .parse(line: current.line, "unexpected EOF") }
        if stop.text == "end" {
            try close(after: "end")
            return (pipeline, body, [])
        }
        skipSpace()
        // `else if` closes with the same `end` as the `if` before it.
        if current.kind == .word, current.text == word, word != "range" {
            return (pipeline, body, [try action()])
        }
        try close(after: "else")
        let (otherwise, last) = try nodes()
        guard let last else { throw .parse(line: current.line, "unexpected EOF") }
        guard last.text == "end" else { throw .parse(line: last.line, "expected end; found {{else}}") }
        try close(after: "end")
        return (pipeline, body, otherwise)
    }

    private mutating func pipeline(
        until end: TemplateToken.Kind, context: String
    ) throws(TemplateError) -> TemplatePipeline {
        skipSpace()
        let start = current
        let (variables, declares) = try declaration()
        var commands: [TemplateCommand] = []
        while true {
            skipSpace()
            if current.kind == end {
                _ = next()
                guard commands.last?.operands.isEmpty == false else {
                    throw .parse(line: start.line, "missing value for \(context)")
                }
                return TemplatePipeline(
                    variables: variables, declares: declares, commands: commands, line: start.line,
                    column: start.column)
            }
            if current.kind == .pipe {
                guard !commands.isEmpty else { throw .parse(line: current.line, "missing value for \(context)") }
                _ = next()
            } else if !commands.isEmpty {
                throw .parse(line: current.line, "unexpected <\(current.text)> in \(context)")
            }
            commands.append(try command(end))
        }
    }

    private mutating func declaration() throws(TemplateError) -> ([String], Bool) {
        let start = index
        var names: [String] = []
        while current.kind == .variable {
            names.append(next().text)
            skipSpace()
            if current.kind == .declare || current.kind == .assign { return (names, next().kind == .declare) }
            guard current.kind == .comma else { break }
            _ = next()
            skipSpace()
        }
        index = start
        return ([], false)
    }

    private mutating func command(_ end: TemplateToken.Kind) throws(TemplateError) -> TemplateCommand {
        var operands: [TemplateOperand] = []
        while true {
            skipSpace()
            if current.kind == end || current.kind == .pipe { return TemplateCommand(operands: operands) }
            operands.append(try operand())
        }
    }

    private mutating func operand() throws(TemplateError) -> TemplateOperand {
        let token = next()
        var path: [String] = []
        var place = token
        func make(_ kind: TemplateOperand.Kind, _ text: String) -> TemplateOperand {
            TemplateOperand(kind: kind, text: text, line: place.line, column: place.column)
        }
        switch token.kind {
        case .dot: return make(.dot, ".")
        case .string: return make(.literal(.string(token.text)), GoQuote.quote(token.text))
        case .number:
            guard Double(token.text) != nil else {
                throw .parse(line: token.line, "bad number syntax: \(GoQuote.quote(token.text))")
            }
            return make(.literal(.number(token.text)), token.text)
        case .word: return make(try word(token), token.text)
        case .field:
            path = [String(token.text.dropFirst())] + fields(&place)
            return make(.field(path), "." + path.joined(separator: "."))
        case .variable:
            path = fields(&place)
            return make(.variable(token.text, path), ([token.text] + path).joined(separator: "."))
        case .leftParenthesis:
            let pipeline = try pipeline(until: .rightParenthesis, context: "parenthesized pipeline")
            path = fields(&place)
            return make(.group(pipeline, path), "(...)")
        case .end: throw .parse(line: token.line, "unclosed action")
        default: throw .parse(line: token.line, "unexpected \(GoQuote.quote(token.text)) in operand")
        }
    }

    private func word(_ token: TemplateToken) throws(TemplateError) -> TemplateOperand.Kind {
        switch token.text {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "nil": return .null
        default:
            guard Self.functions.contains(token.text) else {
                throw .parse(line: token.line, "function \(GoQuote.quote(token.text)) not defined")
            }
            return .function(token.text)
        }
    }

    /// Further fields of a chain; errors point at the first of them, as Go's do.
    private mutating func fields(_ place: inout TemplateToken) -> [String] {
        var names: [String] = []
        while current.kind == .field {
            if names.isEmpty { place = current }
            names.append(String(next().text.dropFirst()))
        }
        return names
    }
}
