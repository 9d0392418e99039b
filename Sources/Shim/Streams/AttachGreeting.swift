internal import OCISpec

/// The first line of an attach client: which process, and which of its streams.
package struct AttachGreeting: Decodable, Equatable {
    /// The container's id; empty for the one that the shim was started for.
    package var container: String
    /// The exec id; empty for the container's first process.
    package var exec: String
    package var stdin: Bool
    package var stdout: Bool
    package var stderr: Bool

    private enum CodingKeys: String, CodingKey { case container, exec, stdin, stdout, stderr }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        container = try values.decodeIfPresent(String.self, forKey: .container) ?? ""
        exec = try values.decodeIfPresent(String.self, forKey: .exec) ?? ""
        stdin = try values.decodeIfPresent(Bool.self, forKey: .stdin) ?? false
        stdout = try values.decodeIfPresent(Bool.self, forKey: .stdout) ?? false
        stderr = try values.decodeIfPresent(Bool.self, forKey: .stderr) ?? false
    }

    /// Reads the line, without its end.
    package init(line: [UInt8]) throws(ShimError) {
        do {
            self = try OCIJSON.decode(AttachGreeting.self, from: line)
        } catch {
            throw .invalid("malformed greeting: \(error)")
        }
    }
}
