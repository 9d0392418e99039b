"""Tiny static programs made byte by byte: system calls that no program of the test images makes."""

import struct

ADDRESS = 0x400000
# What each program ends with: the exit status is the errno of the call, 0 where it succeeded.
EXIT_64 = bytes.fromhex("89c7 f7df 85c0 7802 31ff b83c000000 0f05")
EXIT_32 = bytes.fromhex("89c3 f7db 85c0 7802 31db b801000000 cd80")


def elf64(code):
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, ADDRESS + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )
    size = 120 + len(code)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, ADDRESS, ADDRESS, size, size, 0x1000) + code


def elf32(code):
    header = struct.pack(
        "<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, ADDRESS + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0
    )
    size = 84 + len(code)
    return header + struct.pack("<IIIIIIII", 1, 0, ADDRESS, ADDRESS, size, size, 5, 0x1000) + code


def number(value):
    return struct.pack("<I", value)


def socket_64(family, kind):
    """socket(family, kind, 0) by an x86-64 program."""
    call = b"\xb8" + number(41) + b"\xbf" + number(family) + b"\xbe" + number(kind) + bytes.fromhex("31d2 0f05")
    return elf64(call + EXIT_64)


def _socket_of_32_bits(family, kind):
    return b"\xb8" + number(359) + b"\xbb" + number(family) + b"\xb9" + number(kind) + bytes.fromhex("31d2 cd80")


def socket_32(family, kind):
    """The same by an i386 program."""
    return elf32(_socket_of_32_bits(family, kind) + EXIT_32)


def socket_of_32_bits_in_64(family, kind):
    """The i386 call from an x86-64 program."""
    return elf64(_socket_of_32_bits(family, kind) + EXIT_32)


def socketcall_32(family, kind):
    """socketcall(SYS_SOCKET, …), as old C libraries of i386 make a socket."""
    push = b"\x6a\x00\x68" + number(kind) + b"\x68" + number(family)
    call = bytes.fromhex("89e1 bb01000000 b866000000 cd80")
    return elf32(push + call + EXIT_32)


def swapper(*pairs):
    """Exchanges the two paths of each pair (renameat2, RENAME_EXCHANGE) for ever, or ends with the errno, on x86-64."""
    block, back = 38, 5
    end = len(pairs) * block + back
    names = [path.encode() + b"\0" for pair in pairs for path in pair]
    address = ADDRESS + 120 + end + len(EXIT_64)
    code = b""
    for index, (one, other) in enumerate(zip(names[::2], names[1::2]), 1):
        code += b"\xb8" + number(316) + b"\xbf" + number(0xFFFFFF9C) + b"\xbe" + number(address)
        code += b"\xba" + number(0xFFFFFF9C) + b"\x41\xba" + number(address + len(one)) + b"\x41\xb8" + number(2)
        code += bytes.fromhex("0f05 85c0 75") + bytes([end - index * block])
        address += len(one) + len(other)
    code += b"\xe9" + struct.pack("<i", -end)
    return elf64(code + EXIT_64 + b"".join(names))


RESULT = object()  # as an argument: what the first call gave
_LOAD = (b"\xbf", b"\xbe", b"\xba", b"\x41\xba")  # mov edi, esi, edx, r10d
_RESULT = (b"\x89\xdf", b"\x89\xde", b"\x89\xda", b"\x41\x89\xda")  # mov …, ebx


def looping(first, *calls, again):
    """A program of x86-64 that makes system calls, and then those of `again` without end.

    A call is its number and arguments: numbers, RESULT, or bytes that the program has."""
    groups = [[first], [], list(calls), list(again)]

    def assemble(places):
        code, data = b"", b""
        for index, group in enumerate(groups):
            if index == 1:
                code += bytes.fromhex("89c3")  # mov ebx, eax
            start = len(code)
            for call, *arguments in group:
                for place, argument in enumerate(arguments):
                    if argument is RESULT:
                        code += _RESULT[place]
                        continue
                    if isinstance(argument, bytes):
                        value = ADDRESS + 120 + places + len(data)
                        data += argument
                    else:
                        value = argument
                    code += _LOAD[place] + number(value)
                code += b"\xb8" + number(call) + bytes.fromhex("0f05")
        code += b"\xe9" + struct.pack("<i", start - len(code) - 5)
        return code, data

    size = len(assemble(0)[0])
    return elf64(b"".join(assemble(size)))
