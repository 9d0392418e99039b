/// Why a flag's value is not acceptable; the flag set adds which value and which flag.
package struct FlagValueError: Error, Equatable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
