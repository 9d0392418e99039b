/// An object whose members keep their order. Objects are small, so look-up is linear.
package struct JSONObject: Equatable, Sendable {
    package struct Member: Equatable, Sendable {
        package let key: String
        package var value: JSONValue
    }

    package private(set) var members: [Member]

    package init(_ members: some Sequence<(String, JSONValue)> = []) {
        self.members = members.map { Member(key: $0.0, value: $0.1) }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var keys: [String] { members.map(\.key) }
    package var sorted: [Member] { members.sorted { $0.key < $1.key } }

    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The member that Go's structure calls `name`: its fields' names differ from JSON's in the case of letters only
    /// (`APIVersion`, `ApiVersion`).
    func member(ofGoField name: String) -> JSONValue? {
        guard name.first?.isUppercase == true else { return nil }
        let lowercased = name.lowercased()
        return members.first { $0.key.first?.isUppercase == true && $0.key.lowercased() == lowercased }?.value
    }

    /// Adds a member without looking for an earlier one.
    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
    }
}
