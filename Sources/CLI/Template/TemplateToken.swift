struct TemplateToken: Equatable {
    enum Kind: Equatable {
        case text
        case open
        case close
        case field
        case variable
        case word
        case string
        case number
        case character
        case dot
        case pipe
        case leftParenthesis
        case rightParenthesis
        case declare
        case assign
        case comma
        case space
        case end
    }

    let kind: Kind
    let text: String
    let line: Int
    let column: Int
}
