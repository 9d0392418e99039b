/// Carries a template out.
struct TemplateEvaluator {
    private enum Flow {
        case next
        case breakLoop
        case continueLoop
    }

    private let root: TemplateValue
    private let mode: Template.Mode
    private var variables: [(name: String, value: TemplateValue)]
    private(set) var output = ""

    init(root: TemplateValue, mode: Template.Mode) {
        self.root = root
        self.mode = mode
        variables = [("$", root)]
    }

    mutating func run(_ nodes: [TemplateNode]) throws(TemplateError) -> String {
        _ = try walk(nodes, root)
        return output
    }

    private mutating func walk(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(TemplateError) -> Flow {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty { output += value.printed }
            case .condition(let pipeline, let then, let otherwise):
                let flow = try scoped { evaluator throws(TemplateError) in
                    let isTrue = try evaluator.evaluate(pipeline, dot).isTrue
                    return try evaluator.walk(isTrue ? then : otherwise, dot)
                }
                if flow != .next { return flow }
            case .with(let pipeline, let body, let otherwise):
                let flow = try scoped { evaluator throws(TemplateError) in
                    let value = try evaluator.evaluate(pipeline, dot)
                    return try value.isTrue ? evaluator.walk(body, value) : evaluator.walk(otherwise, dot)
                }
                if flow != .next { return flow }
            case .loop(let pipeline, let body, let otherwise):
                try loop(pipeline, body, otherwise, dot)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            }
        }
        return .next
    }

    private mutating func scoped(
        _ body: (inout TemplateEvaluator) throws(TemplateError) -> Flow
    ) throws(TemplateError) -> Flow {
        let depth = variables.count
        defer { variables.removeSubrange(depth...) }
        return try body(&self)
    }

    private mutating func loop(
        _ pipeline: TemplatePipeline, _ body: [TemplateNode], _ otherwise: [TemplateNode], _ dot: TemplateValue
    ) throws(TemplateError) {
        let plain = TemplatePipeline(
            variables: [], declares: false, commands: pipeline.commands, line: pipeline.line, column: pipeline.column)
        let value = try evaluate(plain, dot)
        let pairs = try elements(of: value, pipeline)
        if pairs.isEmpty {
            _ = try walk(otherwise, dot)
            return
        }
        for (key, element) in pairs {
            let flow = try scoped { evaluator throws(TemplateError) in
                let names = pipeline.variables
                if names.count == 2 { evaluator.variables.append((names[0], .json(key))) }
                if let last = names.last { evaluator.variables.append((last, .json(element))) }
                return try evaluator.walk(body, .json(element))
            }
            if flow == .breakLoop { return }
        }
    }

    private func elements(
        of value: TemplateValue, _ pipeline: TemplatePipeline
    ) throws(TemplateError) -> [(JSONValue, JSONValue)] {
        switch value.json {
        case .array(let elements): return elements.enumerated().map { (JSONValue($0.offset), $0.element) }
        case .object(let object): return object.sorted.map { (.string($0.key), $0.value) }
        case .null: return []
        case .number(let text):
            guard let count = Int(text), count > 0 else { return [] }
            return (0..<count).map { (JSONValue($0), JSONValue($0)) }
        default:
            throw .execute(
                line: pipeline.line, column: pipeline.column, node: "range",
                "range can't iterate over \(value.printed)")
        }
    }

    private mutating func evaluate(
        _ pipeline: TemplatePipeline, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value: TemplateValue?
        for command in pipeline.commands {
            value = try evaluate(command, dot, final: value)
        }
        let result = value ?? .missing
        for name in pipeline.variables {
            if !pipeline.declares, let index = variables.lastIndex(where: { $0.name == name }) {
                variables[index].value = result
            } else {
                variables.append((name, result))
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: TemplateCommand, _ dot: TemplateValue, final: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        guard let first = command.operands.first else { return .missing }
        if case .function(let name) = first.kind {
            return try call(name, first, Array(command.operands.dropFirst()), dot, final)
        }
        guard command.operands.count > 1 || final != nil else { return try evaluate(first, dot) }
        var arguments: [JSONValue] = []
        for operand in command.operands.dropFirst() {
            arguments.append(try evaluate(operand, dot).json)
        }
        if let final { arguments.append(final.json) }
        if case .field(let path) = first.kind, path.count == 1, case .record(let record) = dot,
            let result = record.call(path[0], arguments)
        {
            return .json(result)
        }
        if case .field(["Label"]) = first.kind, mode == .header, let label = arguments.first?.stringValue {
            return .json(.string(Self.title(ofLabel: label)))
        }
        let name = if case .field(let path) = first.kind { path.last ?? "" } else { first.text }
        throw failure(first, "\(name) is not a method but has arguments")
    }

    /// The last part of a label's dotted name, with blanks for dashes.
    private static func title(ofLabel label: String) -> String {
        let last = label.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        return String(last.map { $0 == "-" || $0 == "_" ? " " : $0 })
    }

    private mutating func call(
        _ name: String, _ node: TemplateOperand, _ operands: [TemplateOperand], _ dot: TemplateValue,
        _ final: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        // `and` and `or` stop at the first operand that decides.
        if name == "and" || name == "or" {
            var last: TemplateValue = final ?? .missing
            for operand in operands {
                last = try evaluate(operand, dot)
                if last.isTrue == (name == "or") { return last }
            }
            return final ?? last
        }
        var arguments: [TemplateValue] = []
        for operand in operands {
            arguments.append(try evaluate(operand, dot))
        }
        if let final { arguments.append(final) }
        do {
            return try TemplateFunctions.call(name, arguments, keepsTitles: mode == .header)
        } catch {
            throw failure(node, "error calling \(name): \(error.reason)")
        }
    }

    private mutating func evaluate(
        _ operand: TemplateOperand, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch operand.kind {
        case .dot: return dot
        case .null: return .json(.null)
        case .literal(let value): return .json(value)
        case .function(let name): return try call(name, operand, [], dot, nil)
        case .field(let path): return try follow(path, from: dot, operand)
        case .variable(let name, let path):
            guard let value = variables.last(where: { $0.name == name })?.value else {
                throw failure(operand, "undefined variable \(GoQuote.quote(name))")
            }
            return try follow(path, from: value, operand)
        case .group(let pipeline, let path):
            return try follow(path, from: try evaluate(pipeline, dot), operand)
        }
    }

    private func follow(
        _ path: [String], from start: TemplateValue, _ operand: TemplateOperand
    ) throws(TemplateError) -> TemplateValue {
        var value = start
        for name in path {
            switch value {
            case .record(let record):
                guard let field = record.field(name) else {
                    throw failure(operand, "can't evaluate field \(name) in type \(record.typeName)")
                }
                value = .json(field)
            case .json(.object(let object)):
                if let member = object[name] ?? object.member(ofGoField: name) {
                    value = .json(member)
                } else if mode == .document {
                    throw failure(operand, "map has no entry for key \(GoQuote.quote(name))")
                } else {
                    value = .missing
                }
            case .json(.null), .missing:
                if mode == .document { throw failure(operand, "nil data; no entry for key \(GoQuote.quote(name))") }
                value = .missing
            case .json:
                throw failure(operand, "can't evaluate field \(name) in type interface {}")
            }
        }
        return value
    }

    private func failure(_ operand: TemplateOperand, _ reason: String) -> TemplateError {
        .execute(line: operand.line, column: operand.column, node: operand.text, reason)
    }
}
