extension Seccomp: JSONReadable {
    package init(reading object: JSONObject) throws {
        defaultAction = try object.read("defaultAction")
        defaultErrnoRet = try object.read("defaultErrnoRet")
        architectures = try object.read("architectures")
        flags = try object.read("flags")
        listenerPath = try object.read("listenerPath")
        listenerMetadata = try object.read("listenerMetadata")
        syscalls = try object.read("syscalls")
    }
}

extension Syscall: JSONReadable {
    package init(reading object: JSONObject) throws {
        names = try object.read("names")
        action = try object.read("action")
        errnoRet = try object.read("errnoRet")
        args = try object.read("args")
    }
}

extension SeccompArg: JSONReadable {
    package init(reading object: JSONObject) throws {
        index = try object.read("index")
        value = try object.read("value")
        valueTwo = try object.read("valueTwo")
        op = try object.read("op")
    }
}
