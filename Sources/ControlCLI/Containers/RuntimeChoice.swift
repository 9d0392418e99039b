import CLI

/// Which shim and which OCI runtime `--runtime` and `--runc-binary` mean.
struct RuntimeChoice {
    /// Empty for the supervisor's own.
    var shim = ""
    /// Empty for the supervisor's own.
    var runtime = ""

    /// A path, or a name with points, is a shim; a bare word such as `crun` is an OCI runtime.
    init(_ flags: ParsedFlags) {
        let name = flags.string("runtime")
        if name.contains("/") || name.contains(".") { shim = name } else { runtime = name }
        if flags.isSet("runc-binary") { runtime = flags.string("runc-binary") }
    }
}
