import CLI
import OCISpec

/// `oci spec`: what a container is made of that says nothing else.
enum OCICommand {
    static let spec = ControlCommand("spec", summary: "Print the default OCI specification", .none) { invocation in
        let spec = DefaultSpecification.make(cgroupsPath: "/\(invocation.namespace)")
        invocation.console.write(JSONIndenter.indent(try OCIJSON.encode(spec)))
        invocation.console.print("")
        return 0
    }
}
