/// Environment variables and labels from the command line and from files.
package enum EnvironmentVariables {
    /// The lines of the files, then the values given singly, with names alone filled in from `environment`.
    package static func gather(
        files: [String], values: [String], environment: [String: String]
    ) throws(CommandFailure) -> [String] {
        var lines: [String] = []
        for file in files {
            lines += try parse(file: file, content: try FileBytes.read(file), environment: environment)
        }
        for value in values {
            if value.contains("=") {
                lines.append(value)
            } else if let present = environment[value] {
                lines.append("\(value)=\(present)")
            }
        }
        return lines
    }

    /// Reads `NAME=value` lines; a name alone takes its value from `environment`, if it has one there.
    package static func parse(
        file: String, content: [UInt8], environment: [String: String]?
    ) throws(CommandFailure) -> [String] {
        var lines: [String] = []
        for (number, bytes) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let raw = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure("invalid env file (\(file)): invalid utf8 bytes at line \(number + 1)")
            }
            var line = raw.last == "\r" ? raw.dropLast() : raw[...]
            if number == 0, line.first == "\u{FEFF}" { line = line.dropFirst() }
            line = line.drop(while: \.isWhitespace)
            guard !line.isEmpty, line.first != "#" else { continue }
            let (name, value) = String(line).cut(at: "=").map { ($0.before, Optional($0.after)) } ?? (String(line), nil)
            if name.isEmpty {
                throw CommandFailure("invalid env file (\(file)): no variable name on line '\(line)'")
            }
            if name.contains(where: \.isWhitespace) {
                throw CommandFailure("invalid env file (\(file)): variable '\(name)' contains whitespaces")
            }
            if let value {
                lines.append("\(name)=\(value)")
            } else if let environment {
                if let present = environment[name] { lines.append("\(name)=\(present)") }
            } else {
                lines.append(name)
            }
        }
        return lines
    }

    /// `name=value` texts as a map; a name alone has an empty value.
    package static func map(_ lines: [String]) -> JSONValue {
        var object = JSONObject()
        for line in lines {
            let (name, value) = line.cut(at: "=") ?? (line, "")
            object[name] = .string(value)
        }
        return .object(object)
    }
}
