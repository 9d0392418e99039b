/// Cuts a template into text and the tokens of its `{{actions}}`.
struct TemplateLexer {
    private let source: [Character]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var trimsNextText = false
    private var tokens: [TemplateToken] = []

    static func tokens(of source: String) throws(TemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(source: Array(source))
        try lexer.run()
        return lexer.tokens
    }

    private init(source: [Character]) {
        self.source = source
    }

    private func starts(_ text: String, at index: Int) -> Bool {
        source[index...].starts(with: text)
    }

    private var column: Int { position - lineStart }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count {
            if source[position] == "\n" {
                line += 1
                lineStart = position + 1
            }
            position += 1
        }
    }

    private mutating func add(_ kind: TemplateToken.Kind, _ text: String, count: Int) {
        tokens.append(TemplateToken(kind: kind, text: text, line: line, column: column))
        advance(count)
    }

    private mutating func run() throws(TemplateError) {
        while position < source.count {
            try text()
            if position < source.count { try action() }
        }
        add(.end, "", count: 0)
    }

    private mutating func text() throws(TemplateError) {
        var end = position
        while end < source.count, !starts("{{", at: end) { end += 1 }
        var text = source[position..<end]
        if trimsNextText { text = text.drop(while: \.isWhitespace) }
        trimsNextText = false
        if end + 3 < source.count, source[end + 2] == "-", source[end + 3].isWhitespace {
            while text.last?.isWhitespace == true { text.removeLast() }
        }
        if !text.isEmpty {
            tokens.append(TemplateToken(kind: .text, text: String(text), line: line, column: column))
        }
        advance(end - position)
    }

    private mutating func action() throws(TemplateError) {
        add(.open, "{{", count: 2)
        if position + 1 < source.count, source[position] == "-", source[position + 1].isWhitespace { advance(1) }
        if try comment() { return }
        while position < source.count {
            if starts("}}", at: position) { return add(.close, "}}", count: 2) }
            if source[position].isWhitespace, starts("-}}", at: min(position + 1, source.count)) {
                advance(2)
                trimsNextText = true
                return add(.close, "}}", count: 2)
            }
            try token()
        }
        throw .parse(line: line, "unclosed action")
    }

    private mutating func comment() throws(TemplateError) -> Bool {
        var start = position
        while start < source.count, source[start].isWhitespace { start += 1 }
        guard starts("/*", at: start) else { return false }
        advance(start - position)
        while position < source.count, !starts("*/", at: position) { advance(1) }
        guard position < source.count else { throw .parse(line: line, "unclosed comment") }
        advance(2)
        if starts(" -}}", at: position) {
            advance(2)
            trimsNextText = true
        }
        guard starts("}}", at: position) else { throw .parse(line: line, "comment ends before closing delimiter") }
        tokens.removeLast()
        advance(2)
        return true
    }

    private mutating func token() throws(TemplateError) {
        let character = source[position]
        switch character {
        case let space where space.isWhitespace:
            add(.space, " ", count: run(while: \.isWhitespace))
        case "|": add(.pipe, "|", count: 1)
        case "(": add(.leftParenthesis, "(", count: 1)
        case ")": add(.rightParenthesis, ")", count: 1)
        case ",": add(.comma, ",", count: 1)
        case "=": add(.assign, "=", count: 1)
        case ":" where starts(":=", at: position): add(.declare, ":=", count: 2)
        case "\"": try quoted()
        case "`": try rawQuoted()
        case ".": dotOrField()
        case "$":
            let count = 1 + run(from: position + 1, while: Self.isWord)
            add(.variable, String(source[position..<position + count]), count: count)
        case let digit where digit.isNumber || ((digit == "-" || digit == "+") && isDigit(at: position + 1)):
            let count = 1 + run(from: position + 1) { Self.isWord($0) || $0 == "." }
            add(.number, String(source[position..<position + count]), count: count)
        case let letter where Self.isWord(letter):
            let count = run(while: Self.isWord)
            add(.word, String(source[position..<position + count]), count: count)
        default:
            throw .parse(line: line, "unexpected \(GoQuote.quote(String(character))) in command")
        }
    }

    private func isDigit(at index: Int) -> Bool {
        index < source.count && source[index].isNumber
    }

    private static func isWord(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }

    private func run(from start: Int? = nil, while matches: (Character) -> Bool) -> Int {
        let start = start ?? position
        var end = start
        while end < source.count, matches(source[end]) { end += 1 }
        return end - start
    }

    private mutating func dotOrField() {
        let count = run(from: position + 1, while: Self.isWord)
        if count == 0 {
            add(.dot, ".", count: 1)
        } else if source[position + 1].isNumber {
            add(.number, "0" + String(source[position...position + count]), count: count + 1)
        } else {
            add(.field, String(source[position...position + count]), count: count + 1)
        }
    }

    private mutating func quoted() throws(TemplateError) {
        var text = ""
        var end = position + 1
        while end < source.count, source[end] != "\"", source[end] != "\n" {
            if source[end] == "\\", end + 1 < source.count {
                end += 1
                text.append(Self.unescaped(source[end]))
            } else {
                text.append(source[end])
            }
            end += 1
        }
        guard end < source.count, source[end] == "\"" else { throw .parse(line: line, "unterminated quoted string") }
        add(.string, text, count: end + 1 - position)
    }

    private static func unescaped(_ character: Character) -> Character {
        switch character {
        case "n": "\n"
        case "t": "\t"
        case "r": "\r"
        default: character
        }
    }

    private mutating func rawQuoted() throws(TemplateError) {
        guard let end = source[(position + 1)...].firstIndex(of: "`") else {
            throw .parse(line: line, "unterminated raw quoted string")
        }
        add(.string, String(source[(position + 1)..<end]), count: end + 1 - position)
    }
}
