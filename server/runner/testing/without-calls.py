"""Runs a program for which system calls fail with EPERM, as they do on a file system that lacks what they do.

Arguments: names of the calls with commas between them, and the program with its own.
"""

import ctypes
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"link": (86, 265), "symlink": (88, 266)},
    "aarch64": {"link": (37,), "symlink": (36,)},
}[platform.machine()]
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL_WITH_EPERM = 0x7FFF0000, 0x00050001


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


names, *command = sys.argv[1:]
code = struct.pack("HBBI", LOAD_NUMBER, 0, 0, 0)
for name in names.split(","):
    for number in NUMBERS[name]:
        code += struct.pack("HBBI", JUMP_IF_EQUAL, 0, 1, number)
        code += struct.pack("HBBI", RETURN, 0, 0, FAIL_WITH_EPERM)
code += struct.pack("HBBI", RETURN, 0, 0, ALLOW)
kept = ctypes.create_string_buffer(code, len(code))
program = Program(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p).value)
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(SECCOMP, FILTER, ctypes.byref(program)):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(command[0], command)
