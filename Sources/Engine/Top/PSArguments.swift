/// The columns that ps arguments ask for. What selects processes is ignored: they are the container's.
struct PSArguments {
    private(set) var columns: [PSColumn] = []

    private var isFull = false
    private var isExtraFull = false
    private var isLong = false
    private var isJobs = false
    private var isUser = false
    private var isBSDLong = false
    private var isBSDJobs = false
    private var isBSD = false

    init(_ text: String) throws(ProcessTableError) {
        var words = text.split(separator: " ").map(String.init)[...]
        if words.isEmpty { words = ["-ef"] }
        while let word = words.popFirst() {
            if word == "--forest" || word == "--cumulative" { continue }
            if word.hasPrefix("--") { throw .unsupportedOption(word) }
            if word.hasPrefix("-") {
                try readUnix(word, &words)
            } else {
                try readBSD(word, &words)
            }
        }
        if columns.isEmpty { columns = try presetColumns() }
    }

    private mutating func readUnix(_ word: String, _ words: inout ArraySlice<String>) throws(ProcessTableError) {
        var letters = Substring(word).dropFirst()
        if letters.isEmpty { throw .unsupportedOption(word) }
        while let letter = letters.popFirst() {
            switch letter {
            // Selection of all, and widths and layouts that change no value.
            case "e", "A", "a", "d", "N", "H", "w", "c", "y": break
            case "f": isFull = true
            case "F": isExtraFull = true
            case "l": isLong = true
            case "j": isJobs = true
            case "o":
                try readFormat(letters.isEmpty ? words.popFirst() : String(letters), word)
                return
            default: throw .unsupportedOption(word)
            }
        }
    }

    private mutating func readBSD(_ word: String, _ words: inout ArraySlice<String>) throws(ProcessTableError) {
        var letters = Substring(word)
        isBSD = true
        while let letter = letters.popFirst() {
            switch letter {
            case "a", "x", "w", "g", "r", "c", "e", "f", "S": break
            case "u": isUser = true
            case "l": isBSDLong = true
            case "j": isBSDJobs = true
            case "o":
                try readFormat(letters.isEmpty ? words.popFirst() : String(letters), word)
                return
            default: throw .unsupportedOption(word)
            }
        }
    }

    /// Names separated by commas, each with a title after `=` if it is to have another; a title goes to the word's end.
    private mutating func readFormat(_ format: String?, _ option: String) throws(ProcessTableError) {
        guard let format, !format.isEmpty else { throw .unsupportedOption(option) }
        var rest = Substring(format)
        while !rest.isEmpty {
            let end = rest.firstIndex { $0 == "," || $0 == "=" } ?? rest.endIndex
            let name = String(rest[..<end])
            guard var column = PSColumn.named(name) else { throw .unknownFormat(name) }
            if end < rest.endIndex, rest[end] == "=" {
                let tail = rest[rest.index(after: end)...]
                // `pid=,comm=` empties titles, `pid=A,B` is one title.
                let titleEnd = tail.hasPrefix(",") ? tail.startIndex : tail.endIndex
                column.title = String(tail[..<titleEnd])
                if column.title.hasPrefix("PID") && name != "pid" {
                    throw .renamedPID(name, title: column.title)
                }
                rest = tail[titleEnd...]
            } else {
                rest = rest[end...]
            }
            columns.append(column)
            if rest.hasPrefix(",") { rest = rest.dropFirst() }
        }
    }

    private func presetColumns() throws(ProcessTableError) -> [PSColumn] {
        let names: String
        if isUser {
            names = "user pid %cpu %mem vsz rss tty stat bsdstart bsdtime args"
        } else if isBSDLong {
            names = "fl uid pid ppid pri ni vsz rss wchan stat tty bsdtime args"
        } else if isBSDJobs {
            names = "ppid pid pgid sid tty tpgid stat uid bsdtime args"
        } else if isExtraFull {
            names = "uid_name pid ppid c sz rss psr stime tty time cmd"
        } else if isLong {
            names =
                isFull
                ? "fl s uid_name pid ppid c opri ni addr sz wchan stime tty time cmd"
                : "fl s uid pid ppid c opri ni addr sz wchan tty time ucmd"
        } else if isFull {
            names =
                isJobs ? "uid_name pid ppid pgid sid c stime tty time cmd" : "uid_name pid ppid c stime tty time cmd"
        } else if isJobs {
            names = "pid pgid sid tty time ucmd"
        } else {
            names = isBSD ? "pid tty stat bsdtime args" : "pid tty time ucmd"
        }
        var columns: [PSColumn] = []
        for name in names.split(separator: " ") {
            guard let column = PSColumn.named(String(name)) else { throw .unknownFormat(String(name)) }
            columns.append(column)
        }
        return columns
    }
}
