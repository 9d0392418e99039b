/// An `--add-host` value: `name:address`, `name=address`, or `name:host-gateway`.
package enum HostSpecification {
    @Sendable
    package static func check(_ text: String) throws(FlagValueError) -> String {
        let parts = text.cut(at: "=") ?? text.cut(at: ":")
        guard let (name, address) = parts, !name.isEmpty else {
            throw FlagValueError("bad format for add-host: \(GoQuote.quote(text))")
        }
        if address == "host-gateway" { return "\(name):\(address)" }
        let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
        let bare = isBracketed ? String(address.dropFirst().dropLast()) : address
        guard IPAddress.isValid(bare) else {
            throw FlagValueError("invalid IP address in add-host: \(GoQuote.quote(address))")
        }
        return "\(name):\(bare)"
    }
}
