/**
 * Runs first in the new process: asks the kernel to end it with the runner, however that ends, closes inherited files,
 * imports what it is told to and waits on standard input for what it is to become. A Python program (`-c`, `-m`) is run in
 * place, with the modules it wants there already; any other replaces this one. Until then nothing is imported from the
 * current folder, so that a file of the author's hides no module of the framework. Modules stay: garbage is not looked for
 * among them, neither while they are imported, a tenth of that time, nor later. Without an order it ends.
 */
export const BECOME_APP = `
import gc, os, sys

here = sys.path[:1] == [""]
if here:
    del sys.path[0]
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
except (ImportError, OSError, AttributeError):
    pass
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.closerange(3, 65536)
gc.disable()
for name in sys.argv[2:]:
    try:
        __import__(name)
    except (Exception, SystemExit):
        pass  # Whoever needs it says what is wrong.
gc.freeze()
gc.enable()


def order():
    import json

    text = b""
    while chunk := os.read(0, 65536):
        text += chunk
    if not text:
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return json.loads(text)


def become(argv, cwd, environment, in_place):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    if not in_place:
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            sys.exit(f"{argv[0]}: {error.strerror}")
    option, program = argv[1:3]
    sys.orig_argv[:] = argv
    sys.argv[:] = [option, *argv[3:]]
    if here:
        sys.path.insert(0, os.getcwd() if option == "-m" else "")
    if option == "-m":
        import runpy

        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    main = vars(sys.modules["__main__"])
    for name in [name for name in main if not name.startswith("__")]:
        del main[name]
    exec(compile(program, "<string>", "exec"), main)


become(**order())
`;
