extension Resources: JSONReadable {
    package init(reading object: JSONObject) throws {
        devices = try object.read("devices")
        memory = try object.read("memory")
        cpu = try object.read("cpu")
        pids = try object.read("pids")
        blockIO = try object.decode("blockIO")
        hugepageLimits = try object.decode("hugepageLimits")
        network = try object.decode("network")
        rdma = try object.decode("rdma")
        unified = try object.decode("unified")
    }
}

extension DeviceCgroup: JSONReadable {
    package init(reading object: JSONObject) throws {
        allow = try object.read("allow")
        type = try object.read("type")
        major = try object.read("major")
        minor = try object.read("minor")
        access = try object.read("access")
    }
}

extension Memory: JSONReadable {
    package init(reading object: JSONObject) throws {
        limit = try object.read("limit")
        reservation = try object.read("reservation")
        swap = try object.read("swap")
        kernel = try object.read("kernel")
        kernelTCP = try object.read("kernelTCP")
        swappiness = try object.read("swappiness")
        disableOOMKiller = try object.read("disableOOMKiller")
        useHierarchy = try object.read("useHierarchy")
        checkBeforeUpdate = try object.read("checkBeforeUpdate")
    }
}

extension CPU: JSONReadable {
    package init(reading object: JSONObject) throws {
        shares = try object.read("shares")
        quota = try object.read("quota")
        burst = try object.read("burst")
        period = try object.read("period")
        realtimeRuntime = try object.read("realtimeRuntime")
        realtimePeriod = try object.read("realtimePeriod")
        cpus = try object.read("cpus")
        mems = try object.read("mems")
        idle = try object.read("idle")
    }
}

extension Pids: JSONReadable {
    package init(reading object: JSONObject) throws {
        limit = try object.read("limit")
    }
}
