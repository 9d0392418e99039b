/// A piece of a template.
indirect enum TemplateNode {
    case text(String)
    case action(TemplatePipeline)
    case condition(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case loop(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    case with(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    case breakLoop
    case continueLoop
}

/// `$a, $b := first | second`
struct TemplatePipeline {
    let variables: [String]
    let declares: Bool
    let commands: [TemplateCommand]
    let line: Int
    let column: Int
}

/// An operand followed by its arguments.
struct TemplateCommand {
    let operands: [TemplateOperand]
}

struct TemplateOperand {
    indirect enum Kind {
        case dot
        case null
        case literal(JSONValue)
        case function(String)
        /// `.A.B`
        case field([String])
        /// `$x.A`
        case variable(String, [String])
        /// `(pipeline).A`
        case group(TemplatePipeline, [String])
    }

    let kind: Kind
    let text: String
    let line: Int
    let column: Int
}
